"""Evidence as lines of text. What comes from a machine is not trusted: it may be made to harm whoever reads it."""

from functools import cache

from rempart_core.model.parameter import Value
from rempart_core.model.result import Evidence
from rempart_core.text import clean_line, defang
from rempart_reports.writing.translation import colon, number, word

COLUMNS = ("item", "observed", "expected", "ok")
MARKS = {"0": "fail", "1": "pass"}  # of a row, by its ``ok``; anything else is undecided
SHOWN = 1000  # characters of one value: a screen's worth


def show(text: str, language: str, limit: int = SHOWN) -> str:
    """Return untrusted text as one harmless line, cut at ``limit`` characters with a word on what was cut."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return defang(text)
    more = len(text) - limit
    line = defang(clean_line(text[:limit] if more > 0 else text))
    return f"{line}{word('cut_text', language).format(number(more, language))}" if more > 0 else line


def flow(text: str) -> str:
    """Return a text of ours, which YAML may hold in lines, as one line."""
    return " ".join(line.strip(" \t") for line in text.strip().splitlines())


def show_row(row: dict[str, str], language: str, limit: int = SHOWN) -> str:
    """Return a row as ``item: observed (expected: …)``, then what other columns it has."""
    empty, expecting = _words(language)
    item, observed = show(row.get("item", ""), language, limit), show(row.get("observed", ""), language, limit)
    line = f"{item or empty}: {observed or empty}"
    if expected := show(row.get("expected", ""), language, limit):
        line += f" ({expecting}{expected})"
    for key, value in row.items():
        if key not in COLUMNS:
            line += f"  {show(key, language, 100)}={show(value, language, limit)}"
    return defang(line)


@cache
def _words(language: str) -> tuple[str, str]:
    """Return what stands for an empty value, and what stands before what was expected."""
    return word("empty", language), f"{word('expected', language).lower()}{colon(language)}"


def mark_of(row: dict[str, str]) -> str:
    """Return what a row came to: ``fail``, ``pass`` or ``undecided``."""
    return MARKS.get(row.get("ok", ""), "undecided")


def rows_by_mark(evidence: Evidence, mark: str) -> list[dict[str, str]]:
    """Return the rows that came to ``mark``."""
    return [row for row in evidence.rows if mark_of(row) == mark]


def show_parameter(value: Value, language: str, limit: int = SHOWN) -> str:
    """Return a parameter's value as one line: texts as they are, lists and rows as JSON."""
    if isinstance(value, str):
        return show(value, language, limit)
    if type(value) is int:
        return str(value)
    import json

    return show(json.dumps(value, ensure_ascii=False, default=str), language, limit)
