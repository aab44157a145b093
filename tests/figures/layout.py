"""What is wrong with how a figure is laid out, as an art editor would see it."""

import itertools
import re

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

#: Smallest letters, in points at the printed size.
SMALLEST = 5
#: Pixels at 100 dots an inch by which two texts are apart, and by which data may reach into a box.
APART, TOUCH = 1, 1
#: How a caption or a figure says how many draws it shows.
COUNTED = re.compile(
    r"n = \d|\b(\d[\d,]*|one|two|three|four|five|each|every)( \w+)? "
    r"(chips?|seeds?|draws?|benches|bench|cells|runs?|medium|media|repetitions)\b|least of \d",
    re.IGNORECASE,
)


def drawn(figure):
    """The renderer of a figure that has been laid out, at 100 dots an inch."""
    figure.set_dpi(100)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def texts(figure, renderer):
    """(text, box in pixels) of all that can be read; ticks beyond their axis are not drawn."""
    unseen = {
        label for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for label in beyond(axis)
    }
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and text not in unseen:
            yield text, text.get_window_extent(renderer)


def beyond(axis):
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
        if not low - margin <= tick.get_loc() <= high + margin:
            yield from (tick.label1, tick.label2)


def cut(figure, renderer):
    """Texts that reach beyond the page."""
    page = figure.bbox.padded(0.5)
    boxes = texts(figure, renderer)
    return [f"cut: {text.get_text()}" for text, box in boxes if not inside(box, page)]


def inside(box, page):
    return page.x0 <= box.x0 and page.y0 <= box.y0 and box.x1 <= page.x1 and box.y1 <= page.y1


def collisions(figure, renderer):
    """Pairs of texts that lie upon each other."""
    found = []
    pairs = itertools.combinations(texts(figure, renderer), 2)
    for (one, box), (other, beside) in pairs:
        wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        high = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        if wide > -APART and high > 1.5:
            found.append(f"collide: {one.get_text()} / {other.get_text()}")
    return found


def tiny(figure, renderer):
    """Texts that are too small for print."""
    sizes = [(text.get_text(), text.get_fontsize()) for text, _ in texts(figure, renderer)]
    return [f"small: {text}" for text, size in sizes if size < SMALLEST]


def covered(figure, renderer):
    """Legends and notes of a panel that lie upon its lines or dots, or legends upon its bands."""
    found = []
    for ax in figure.axes:
        legend = ax.get_legend()
        for text in (*ax.texts, *filter(None, [legend])):
            name = "legend" if text is legend else text.get_text()
            box = text.get_window_extent(renderer)
            shown = data(ax, bands=text is legend)
            if name and box.width > 2 * TOUCH and any(reaches(box, ends) for ends in shown):
                found.append(f"over data: {name}")
    return found


def data(ax, *, bands):
    """Points of what is drawn in a panel, in pixels, close enough to each other to be seen.

    A name of a line may stand in its band, so the edges of bands come only if asked for.
    """
    for line in ax.lines:
        if line.get_transform() == ax.transData:
            joined = line.get_linestyle() != "None"
            yield filled(ax.transData.transform(line.get_xydata()), joined)
    for collection in ax.collections:
        if isinstance(collection, PolyCollection) and not bands:
            continue
        for path in collection.get_paths():
            for polygon in path.to_polygons(collection.get_transform(), closed_only=False):
                yield filled(polygon, True)


def filled(points, joined):
    points = points[np.isfinite(points).all(axis=1)]
    if not joined or not 1 < len(points) < 3000:
        return points
    steps = np.linspace(0, 1, 40)[:, None, None]
    return (points[:-1] + steps * np.diff(points, axis=0)).reshape(-1, 2)


def reaches(box, points):
    low = points > (box.x0 + TOUCH, box.y0 + TOUCH)
    high = points < (box.x1 - TOUCH, box.y1 - TOUCH)
    return bool((low & high).all(axis=1).any())


def faults(figure, *, schematic=False):
    """All of the above; labels of a schematic may stand upon its lines."""
    renderer = drawn(figure)
    found = [*cut(figure, renderer), *collisions(figure, renderer), *tiny(figure, renderer)]
    return found if schematic else found + covered(figure, renderer)


def counted(figure, caption):
    """Whether a figure or its caption says how many draws are shown."""
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    return COUNTED.search(f"{caption} {words}") is not None
