"""The register as a page that people use: every row in a table of HTML that a script can filter."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from asyt.claims import interval
from asyt.claims.criteria import DEPENDS, HOLDS, VERDICTS
from asyt.claims.printing import place, summary, words
from asyt.claims.published import Claim, Register, Row, as_list, is_number, register

#: Verdict -> the sign before its words, for those who do not see its colour.
SIGNS = {**dict.fromkeys(HOLDS, "✓"), DEPENDS: "◐", "not-reproduced": "✗"}
#: Names of the register -> how a page writes them.
SYMBOLS = {
    "sigma_phy": "σ<sub>phy</sub>",
    "V_pi": "V<sub>π</sub>",
    "T_device": "T<sub>device</sub>",
    "T_profile": "T<sub>profile</sub>",
    "T_extract": "T<sub>extract</sub>",
    "P_photonic": "P<sub>photonic</sub>",
    "E_phy": "E<sub>phy</sub>",
    "E_dig": "E<sub>dig</sub>",
    "&lt;=": "≤",
    "&gt;=": "≥",
}
COLUMNS = ("Claim", "Reported", "Ours", "Verdict")
#: Files of the register beside the page, as `asyt.claims.record` writes them.
FILES = {"JSON": "claims.json", "its schema": "claims.schema.json", "CSV": "claims.csv"}
LEGEND = (
    "◇ reported, ● ours with its interval (kind draw: the 5-95 % range of our draws); shaded, what "
    "counts as reproduced. Percentages run from 0 to 100. ★ marks what a source is quoted for."
)


def page(table: list[Row], claims: Register | None = None, figures: Sequence[str] = ()) -> str:
    """Counts, filters and all rows as HTML; without a script the filters are not shown.

    `figures` are the ids of the figures that a row may lead to.
    """
    claims = claims or register()
    rows = rows_html(table, claims, figures)
    return "\n".join([totals(table), filters(table, claims), _files(), rows])


def totals(table: list[Row], address: str = "") -> str:
    """How many rows were reproduced, depend, were not reproduced, and were not judged, as links.

    `address` is the page that has the rows.
    """
    counts = summary(table)
    judged = ("reproduced", DEPENDS, "not-reproduced")
    items = []
    for name in judged:
        items.append(_total(counts[name], words(name), f"{address}?verdict={name}"))
    unjudged = [name for name in VERDICTS if name not in judged and counts[name]]
    number = sum(counts[name] for name in unjudged)
    kinds = ", ".join(f"{counts[name]} {words(name)}" for name in unjudged)
    items.append(_total(number, f"not judged: {kinds}", f"{address}?verdict=others"))
    return f'<ul class="totals">{"".join(items)}</ul>'


def _total(count: int, told: str, address: str) -> str:
    return f'<li><a href="{escape(address)}"><strong>{count}</strong> {escape(told)}</a></li>'


def filters(table: list[Row], claims: Register) -> str:
    """The form that `_static/claims.js` shows and obeys."""
    names = dict.fromkeys(row["figure"] for row in table)
    sources = {name: title.split(",")[0] for name, title in claims.sources.items()}
    figures = {name: figure(name) for name in names}
    verdicts = {name: words(name) for name in VERDICTS}
    fields = [
        _choice("source", sources),
        _choice("figure", figures),
        _choice("verdict", verdicts),
    ]
    text = '<label>text<input type="search" name="text" autocomplete="off"></label>'
    rest = '<button type="reset">show all</button><output aria-live="polite"></output>'
    inside = "".join([*fields, text, rest])
    about = 'aria-label="Filter the claims" class="register-filter"'
    return f"<form {about} hidden>{inside}</form>"


def _choice(name: str, options: dict[str, str]) -> str:
    inside = '<option value="">all</option>'
    for key, told in options.items():
        inside += f'<option value="{escape(key)}">{escape(told)}</option>'
    return f'<label>{name}<select name="{name}">{inside}</select></label>'


def _files() -> str:
    links = [f'<a href="{file}">{name}</a>' for name, file in FILES.items()]
    return f"<p>The same as {', '.join(links)}. {escape(LEGEND)}</p>"


def rows_html(
    table: Iterable[Row], claims: Register | None = None, figures: Sequence[str] = ()
) -> str:
    """Rows as a table: claim, reported, ours with both in a picture, verdict and its readings."""
    claims = claims or register()
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    lines = []
    for row in table:
        claim = claims.claims[row["id"]]
        lines.append(_line(row, claim, figures))
    body = "\n".join(lines)
    return (
        f'<table class="register"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
    )


def _line(row: Row, claim: Claim, figures: Sequence[str]) -> str:
    facts = []
    for key in ("source", "figure", "verdict"):
        fact = escape(str(row[key]), quote=True)
        facts.append(f'data-{key}="{fact}"')
    cells = (
        _claim(row, claim),
        _reported(row, claim),
        _ours(row, claim) + interval.plot(row, claim),
        _verdict(row, figures),
    )
    inside = ""
    for name, cell in zip(COLUMNS, cells, strict=True):
        inside += f'<td data-label="{name}">{cell}</td>'
    return f'<tr id="claim-{row["id"]}" {" ".join(facts)}>{inside}</tr>'


def figure(name: str) -> str:
    """A figure or place of a source as a page calls it."""
    return f"Fig. {name}" if name[:1].isdigit() else name


def symbols(text: str) -> str:
    """A text of the register as HTML, its names of quantities written as in formulas."""
    found = escape(" ".join(text.split()))
    for name, sign in SYMBOLS.items():
        found = found.replace(name, sign)
    return found


def value(number: Any) -> str:
    """A number or text as HTML: four digits, powers of ten written out."""
    if number is None:
        return ""
    if not is_number(number):
        return symbols(str(number))
    digits, _, power = f"{number:.4g}".partition("e")
    return f"{digits} × 10<sup>{int(power)}</sup>" if power else digits


def unit(row: Row, claim: Claim) -> str:
    """What our value of a row is counted in."""
    if row["kind"] in ("point", "draw"):
        return "%"
    return claim.unit or ""


def _claim(row: Row, claim: Claim) -> str:
    star = '<span class="star" title="a source is quoted for it">★</span> '
    place = escape(figure(row["figure"]))
    name = f"<strong>{place}</strong>: {symbols(claim.quantity)}"
    if claim.headline:
        name = star + name
    link = f'<a href="#claim-{row["id"]}"><code>{row["id"]}</code></a>'
    return f'{name}<br><span class="small">{link}, {row["kind"]}</span>'


def _reported(row: Row, claim: Claim) -> str:
    numbers = ", ".join(map(value, as_list(row["reported"])))
    percent = row["kind"] in ("point", "draw")
    if numbers:
        return f"{numbers} %" if percent else numbers
    if claim.test:
        return f'<span class="small">{symbols(claim.test)}</span>'
    return ""


def _ours(row: Row, claim: Claim) -> str:
    lines = []
    measured = ", ".join(map(value, as_list(row["measured"])))
    if measured:
        lines.append(f"{measured} {escape(unit(row, claim))}".strip())
    draws = f"n = {row['n']}" if row["n"] else ""
    counted = "; ".join(filter(None, [_between(row), draws]))
    small = "<br>".join(filter(None, [counted, escape(place(row))]))
    if small:
        lines.append(f'<span class="small">{small}</span>')
    return "<br>".join(lines)


def _between(row: Row) -> str:
    """The ends of our intervals; empty if none is known."""
    lows = as_list(row["low"])
    highs = as_list(row["high"])
    if not any(map(is_number, [*lows, *highs])):
        return ""
    intervals = []
    for low, high in zip(lows, highs, strict=False):
        intervals.append(f"{value(low) or '…'} to {value(high) or '…'}")
    return ", ".join(intervals)


def badge(verdict: str) -> str:
    """A verdict with its sign and the class of its colour."""
    sign = SIGNS.get(verdict, "–")
    return f'<span class="verdict {verdict}">{sign} {words(verdict)}</span>'


def shown_in(row: Row, figures: Sequence[str]) -> str:
    """Address of the figure that is after that of a row: `asyt-fig6ab` for 6a; else of its page."""
    number = row["figure"][:1]
    letter = row["figure"][1:]
    pattern = rf"{row['source']}-fig{re.escape(number)}([a-z]*)"
    for name in figures:
        found = re.fullmatch(pattern, name)
        if found is None:
            continue
        letters = found[1]
        if letter in letters or not letters:
            return f"figures.html#{name}"
    return str(row["page"])


def _verdict(row: Row, figures: Sequence[str]) -> str:
    """Verdict, links to what shows it, how it was measured and each reading."""
    parts = [badge(row["verdict"])]
    kinds = {
        shown_in(row, figures): "figure",
        row["page"]: "page",
    }
    for address, kind in kinds.items():
        if address:
            parts.append(f'<a href="{address}">{kind}</a>')
    if len(row["readings"]) > 1:
        parts.append(_readings(row["readings"]))
    if row["note"]:
        how = f"<summary>how</summary>{symbols(row['note'])}"
        parts.append(f"<details>{how}</details>")
    return " ".join(parts)


def _readings(readings: Sequence[Row]) -> str:
    """In how many readings a row holds, and what opens: each of them."""
    held = sum(one["verdict"] in HOLDS for one in readings)
    judged = held + sum(one["verdict"] == "not-reproduced" for one in readings)
    said = f"{len(readings)} readings"
    if judged:
        said = f"holds in {held} of {judged} readings"
    items = "".join(f"<li>{_reading(one)}</li>" for one in readings)
    return f"<details><summary>{said}</summary><ul>{items}</ul></details>"


def _reading(one: Row) -> str:
    sign = SIGNS.get(one["verdict"], "–")
    values = map(value, as_list(one["measured"]))
    measured = ", ".join(filter(None, values))
    name = f"{sign} {escape(one['reading'])}"
    return f"{name}: {measured}" if measured else name
