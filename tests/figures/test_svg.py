import base64
import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from asyt.figures import _svg, export

CLIP = '<g clip-path="url(#p7c57a14914)"/><clipPath id="p7c57a14914"/>'
MARK = '<path id="m584aa9f96b" d="M 0 2.828427 \nL 1 -0.0001 \n"/>'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (CLIP, '<g clip-path="url(#p0)"/><clipPath id="p0"/>'),
        (MARK, '<path id="m0" d="M 0 2.83\nL 1 -0\n"/>'),
        (
            '<path id="DejaVuSans-Bold-1c"/><use href="#DejaVuSans-3"/>',
            '<path id="D0"/><use href="#D1"/>',
        ),
        ('<use x="29.90774" y="178.376007"/>', '<use x="29.91" y="178.38"/>'),
        ('<use transform="translate(63.623047 0)"/>', '<use x="63.62"/>'),
        ('<g transform="translate(1.23456 2) scale(0.015625)">', None),
        ("<desc>1.23456 of p7c57a14914</desc>", None),
    ],
)
def test_only_what_nobody_sees_is_written_shorter(written, expected):
    same = written.replace("1.23456 2", "1.23 2")
    assert _svg.plain(written) == (same if expected is None else expected)
    assert _svg.plain(_svg.plain(written)) == _svg.plain(written)


def drawn(left):
    figure = Figure(layout="none")
    ax = figure.add_axes((left, 0.1, 0.8, 0.8))
    ax.plot([0, 1], [0, 1], "o-", label="$x^2$")
    ax.legend()
    return export.svg(figure, "toy", "A line.")


def test_the_last_bit_of_a_place_changes_no_byte():
    assert drawn(0.1) == drawn(0.1 + 1e-12)
    assert drawn(0.1) != drawn(0.11)


def test_every_name_that_is_used_is_there():
    svg = drawn(0.1)
    used = re.findall(r'(?:xlink:href="|url\()#([^")]+)', svg)
    assert used
    assert set(used) <= set(re.findall(r' id="([^"]+)"', svg))


def test_marks_of_one_style_say_it_once():
    first, second = (f'<use x="{i}" style="fill: #e69f00"/>\n' for i in (1, 2))
    other = '<use x="3" style="fill: #000000"/>\n'
    group = '<g clip-path="url(#p0)">\n{}</g>'
    once = '<g clip-path="url(#p0)" style="fill: #e69f00">\n<use x="1"/>\n<use x="2"/>\n</g>'
    assert _svg.plain(group.format(first + second)) == once
    for mixed in (first + other, first + "<use/>\n" + second, first):
        assert _svg.plain(group.format(mixed)) == group.format(mixed)


def picture(colours):
    """A picture of so many colours of four channels, as matplotlib writes it."""
    drawn = np.random.default_rng(0)
    listed = drawn.integers(256, size=(colours, 4), dtype=np.uint8)
    pixels = listed[drawn.integers(colours, size=(60, 60))]
    stored = io.BytesIO()
    Image.fromarray(pixels).save(stored, "png")
    return pixels, base64.b64encode(stored.getvalue()).decode()


def test_picture_of_dots_keeps_its_dots_in_fewer_bytes():
    pixels, stored = picture(150)
    element = '<image href="data:image/png;base64,{}"/>'
    short = _svg.plain(element.format(stored))
    assert len(short) < len(element.format(stored))
    with Image.open(io.BytesIO(base64.b64decode(short[len(element) - 5 : -3]))) as shown:
        assert shown.mode == "P"
        assert np.array_equal(np.asarray(shown.convert("RGBA")), pixels)
    assert _svg.plain(short) == short


def test_picture_of_many_colours_is_left_as_it_is():
    element = f'<image href="data:image/png;base64,{picture(400)[1]}"/>'
    assert _svg.plain(element) == element
