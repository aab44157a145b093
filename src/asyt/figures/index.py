"""The index of the figures: each as a small picture with its caption and all that is under it."""

from collections.abc import Iterable
from html import escape

from asyt.figures import drawing, under


def thumbnail(figure_id: str) -> str:
    """Address of the small picture that the book's build makes of a published figure."""
    return f"_static/thumbs/{figure_id}.png"


def thumbnails(figure_ids: Iterable[str]) -> str:
    """A grid of small pictures that lead to the entries of the index."""
    items = "".join(map(_small, figure_ids))
    return f'<ul class="thumbs">{items}</ul>'


def entries() -> str:
    """Every figure under its own anchor; the picture opens the figure in full size."""
    return "\n".join(map(_entry, drawing.figures()))


def _small(figure_id: str) -> str:
    alt = escape(drawing.find(figure_id).ALT, quote=True)
    image = f'<img src="{thumbnail(figure_id)}" alt="{alt}" loading="lazy">'
    return f'<li><a href="figures.html#{figure_id}">{image}<br>{figure_id}</a></li>'


def _entry(figure_id: str) -> str:
    found = drawing.find(figure_id)
    alt = escape(found.ALT, quote=True)
    image = f'<img src="{thumbnail(figure_id)}" alt="{alt}" loading="lazy">'
    opened = f'<a class="enlarge" href="{under.file(figure_id, "svg")}">{image}</a>'
    title = f'<h2 id="{figure_id}"><a href="#{figure_id}">{figure_id}</a></h2>'
    caption = f"<p>{escape(found.CAPTION)}</p>"
    return f'<section class="card-figure">{title}{opened}{caption}{under.html(figure_id)}</section>'
