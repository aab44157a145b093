"""Sphinx extension: docstrings as they are written here become reStructuredText.

They quote names in single backticks, write products with asterisks and norms with bars, and say
"Args (others: ...):" where a base class has the rest.
"""

import re

#: What reStructuredText would take for markup, outside of quoted names.
MARKUP = re.compile(r"(`[^`]*`)|([*|])")
OTHERS = re.compile(r"^(\s*)(Args|Attributes) \((others: .*)\):$")


def escaped(line: str) -> str:
    """A line of prose with markup characters that stand for themselves."""
    return MARKUP.sub(lambda found: found[1] or "\\" + found[2], line)


def plain(_app, _what, _name, _value, _options, lines: list[str]) -> None:
    """Rewrite a docstring, before napoleon reads its sections."""
    written, example = [], False
    for line in lines:
        example = line.strip().startswith(">>>") or (example and bool(line.strip()))
        if others := OTHERS.match(line):
            space, section, rest = others.groups()
            written += [f"{space}{rest[0].upper()}{rest[1:]}.", "", f"{space}{section}:"]
        else:
            written.append(line if example else escaped(line))
    lines[:] = written


def setup(app) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", plain, priority=100)
    return {"parallel_read_safe": True}
