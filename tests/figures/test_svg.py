import re

import pytest
from matplotlib.figure import Figure

from asyt.figures import _svg, export

CLIP = '<g clip-path="url(#p7c57a14914)"/><clipPath id="p7c57a14914"/>'
MARK = '<path id="m584aa9f96b" d="M 0 2.828427 \nL 1 -0.0001 \n"/>'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (CLIP, '<g clip-path="url(#p0)"/><clipPath id="p0"/>'),
        (MARK, '<path id="m0" d="M 0 2.828\nL 1 -0\n"/>'),
        (
            '<path id="DejaVuSans-Bold-1c"/><use href="#DejaVuSans-3"/>',
            '<path id="D0"/><use href="#D1"/>',
        ),
        ('<use x="29.90774" y="178.376007"/>', '<use x="29.908" y="178.376"/>'),
        ('<use transform="translate(63.623047 0)"/>', '<use x="63.623"/>'),
        ('<g transform="translate(1.23456 2) scale(0.015625)">', None),
        ("<desc>1.23456 of p7c57a14914</desc>", None),
        ('<image href="data:image/png;base64,m584aa9f96b"/>', None),
    ],
)
def test_only_what_nobody_sees_is_written_shorter(written, expected):
    same = written.replace("1.23456 2", "1.235 2")
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
