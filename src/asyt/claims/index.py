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
    items = [_total(counts[name], words(name), f"{address}?verdict={name}") for name in judged]
    rest = {name: counts[name] for name in VERDICTS if name not in judged and counts[name]}
    told = ", ".join(f"{count} {words(name)}" for name, count in rest.items())
    items.append(_total(sum(rest.values()), f"not judged: {told}", f"{address}?verdict=others"))
    return f'<ul class="totals">{"".join(items)}</ul>'


def _total(count: int, told: str, address: str) -> str:
    return f'<li><a href="{escape(address)}"><strong>{count}</strong> {escape(told)}</a></li>'


def filters(table: list[Row], claims: Register) -> str:
    """The form that `_static/claims.js` shows and obeys."""
    figures = dict.fromkeys(row["figure"] for row in table)
    choices = {
        "source": {name: title.split(",")[0] for name, title in claims.sources.items()},
        "figure": {name: figure(name) for name in figures},
        "verdict": {name: words(name) for name in VERDICTS},
    }
    fields = [_choice(name, options) for name, options in choices.items()]
    text = '<label>text<input type="search" name="text" autocomplete="off"></label>'
    rest = '<button type="reset">show all</button><output aria-live="polite"></output>'
    inside = "".join([*fields, text, rest])
    about = 'aria-label="Filter the claims" class="register-filter"'
    return f"<form {about} hidden>{inside}</form>"


def _choice(name: str, options: dict[str, str]) -> str:
    known = [
        f'<option value="{escape(key)}">{escape(told)}</option>' for key, told in options.items()
    ]
    inside = f'<option value="">all</option>{"".join(known)}'
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
    body = "\n".join(_line(row, claims.claims[row["id"]], figures) for row in table)
    return (
        f'<table class="register"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
    )


def _line(row: Row, claim: Claim, figures: Sequence[str]) -> str:
    facts = {key: escape(str(row[key]), quote=True) for key in ("source", "figure", "verdict")}
    about = " ".join(f'data-{key}="{value}"' for key, value in facts.items())
    ours = _ours(row, claim) + interval.plot(row, claim)
    cells = (_claim(row, claim), _reported(row, claim), ours, _verdict(row, figures))
    inside = "".join(
        f'<td data-label="{name}">{cell}</td>' for name, cell in zip(COLUMNS, cells, strict=True)
    )
    return f'<tr id="claim-{row["id"]}" {about}>{inside}</tr>'


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
    if not is_number(number):
        return "" if number is None else symbols(str(number))
    digits, _, power = f"{number:.4g}".partition("e")
    return f"{digits} × 10<sup>{int(power)}</sup>" if power else digits


def unit(row: Row, claim: Claim) -> str:
    """What our value of a row is counted in."""
    if row["kind"] in ("point", "draw"):
        return "%"
    return claim.unit or ""


def _claim(row: Row, claim: Claim) -> str:
    star = (
        '<span class="star" title="a source is quoted for it">★</span> ' if claim.headline else ""
    )
    name = f"{star}<strong>{escape(figure(row['figure']))}</strong>: {symbols(claim.quantity)}"
    link = f'<a href="#claim-{row["id"]}"><code>{row["id"]}</code></a>'
    return f'{name}<br><span class="small">{link}, {row["kind"]}</span>'


def _reported(row: Row, claim: Claim) -> str:
    told = ", ".join(map(value, as_list(row["reported"])))
    percent = row["kind"] in ("point", "draw")
    if told:
        return f"{told} %" if percent else told
    return f'<span class="small">{symbols(claim.test)}</span>' if claim.test else ""


def _ours(row: Row, claim: Claim) -> str:
    measured = ", ".join(map(value, as_list(row["measured"])))
    shown = f"{measured} {escape(unit(row, claim))}".strip() if measured else ""
    ends = zip(as_list(row["low"]), as_list(row["high"]), strict=False)
    between = ", ".join(f"{value(low) or '…'} to {value(high) or '…'}" for low, high in ends)
    known = any(map(is_number, [*as_list(row["low"]), *as_list(row["high"])]))
    draws = f"n = {row['n']}" if row["n"] else ""
    counted = "; ".join(filter(None, [between if known else "", draws]))
    small = "<br>".join(filter(None, [counted, escape(place(row))]))
    lines = [shown, f'<span class="small">{small}</span>' if small else ""]
    return "<br>".join(filter(None, lines))


def badge(verdict: str) -> str:
    """A verdict with its sign and the class of its colour."""
    sign = SIGNS.get(verdict, "–")
    return f'<span class="verdict {verdict}">{sign} {words(verdict)}</span>'


def shown_in(row: Row, figures: Sequence[str]) -> str:
    """Address of the figure that is after that of a row: `asyt-fig6ab` for 6a; else of its page."""
    number, letter = row["figure"][:1], row["figure"][1:]
    for name in figures:
        found = re.fullmatch(rf"{row['source']}-fig{re.escape(number)}([a-z]*)", name)
        if found and (letter in found[1] or not found[1]):
            return f"figures.html#{name}"
    return str(row["page"])


def _verdict(row: Row, figures: Sequence[str]) -> str:
    """Verdict, links to what shows it, how it was measured and each reading."""
    parts = [badge(row["verdict"])]
    addresses = {shown_in(row, figures): "figure", row["page"]: "page"}
    parts += [f'<a href="{at}">{what}</a>' for at, what in addresses.items() if at]
    readings = row["readings"]
    held = sum(one["verdict"] in HOLDS for one in readings)
    judged = held + sum(one["verdict"] == "not-reproduced" for one in readings)
    if len(readings) > 1:
        items = "".join(f"<li>{_reading(one)}</li>" for one in readings)
        said = f"holds in {held} of {judged} readings" if judged else f"{len(readings)} readings"
        parts.append(f"<details><summary>{said}</summary><ul>{items}</ul></details>")
    if row["note"]:
        how = f"<summary>how</summary>{symbols(row['note'])}"
        parts.append(f"<details>{how}</details>")
    return " ".join(parts)


def _reading(one: Row) -> str:
    sign = SIGNS.get(one["verdict"], "–")
    measured = ", ".join(filter(None, map(value, as_list(one["measured"]))))
    told = f"{sign} {escape(one['reading'])}"
    return f"{told}: {measured}" if measured else told
