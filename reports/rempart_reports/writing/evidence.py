"""Evidence as lines of text. What comes from a machine is not trusted: it may be made to harm whoever reads it."""

from functools import cache

from rempart_core.model.parameter import Value
from rempart_core.model.result import Evidence
from rempart_core.model.sentence import LABEL, SAID, Piece, Wording, list_columns, speak, tell_column
from rempart_core.text import clean_line, defang
from rempart_core.typography import typeset
from rempart_reports.writing.translation import colon, number, word

COLUMNS = ("item", "observed", "expected", "ok")
MARKS = {"0": "fail", "1": "pass"}  # of a row, by its ``ok``; anything else is undecided
SHOWN = 1000  # characters of one value: a screen's worth


def show(text: str, language: str, limit: int = SHOWN) -> str:
    """Return untrusted text as one harmless line, cut at ``limit`` characters with a word on what was cut.

    Args:
        text: Untrusted.
        language: ``en`` or ``fr``.
        limit: In characters.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return defang(text)
    more = len(text) - limit
    line = defang(clean_line(text[:limit] if more > 0 else text))
    return f"{line}{word('cut_text', language, count=number(more, language))}" if more > 0 else line


def cut(text: str, language: str, limit: int) -> str:
    """Return untrusted text with its lines, cut at ``limit`` characters with a word on what was cut.

    Args:
        text: Untrusted.
        language: ``en`` or ``fr``.
        limit: In characters.
    """
    more = len(text) - limit
    return f"{text[:limit]}{word('cut_text', language, count=number(more, language))}" if more > 0 else text


def flow(text: str) -> str:
    """Return a text of ours, which YAML may hold in lines, as one line."""
    return " ".join(line.strip(" \t") for line in text.strip().splitlines())


def show_row(row: dict[str, str], language: str, wording: Wording, limit: int = SHOWN) -> str:
    """Return a row as ``item: observed (expected: …)``, then what other columns it has.

    Args:
        row: The row.
        language: ``en`` or ``fr``.
        wording: The result's: a row that names sentences is told in the language.
        limit: Characters of one value that are shown.
    """
    empty, expecting = _words(language)
    spoken = speak(row, wording, language) if wording.sentences else None
    if spoken is not None:
        told = [_write(pieces, language) for pieces in spoken]
        between = colon(language)
    else:
        told = [row.get(name, "") for name in ("item", "observed", "expected")]
        between = ": "
    item, observed, expected = (show(text, language, limit) for text in told)
    line = f"{item or empty}{between}{observed or empty}"
    if expected:
        line += f" ({expecting}{expected})"
    for key, value in row.items():
        if value and key not in COLUMNS and (spoken is None or key not in told_columns(wording)):
            shown = show(_write(tell_column(key, value, wording, language), language), language, limit)
            line += f"  {show(name_column(key, language), language, 100)}={shown}"
    return defang(line)


def show_block(
    row: dict[str, str], language: str, wording: Wording, before: str = "", *, whole: bool = True
) -> list[str]:
    """Return a row in lines, as compact as it can be said.

    What was observed stays in its lines where it has several, as configuration has, so that it can be pasted.

    Args:
        row: The row.
        language: ``en`` or ``fr``.
        wording: The result's; see :func:`show_row`.
        before: What the row before expected, as it stands in it: the same is not said again.
        whole: Whether other columns than the four are told.
    """
    empty, expecting = _words(language)
    spoken = speak(row, wording, language) if wording.sentences else None
    if spoken is not None:
        item, observed, expected = (_write(pieces, language) for pieces in spoken)
        hidden: frozenset[str] = told_columns(wording)
        between = colon(language)
    else:
        item, observed, expected = (row.get(name, "") for name in ("item", "observed", "expected"))
        hidden, between = frozenset(), ": "
    lines = [show(line, language) for line in observed.rstrip("\n").split("\n")]
    label = f"{show(item, language) or empty}{between}"
    line, rest = (label.rstrip(), lines) if len(lines) > 1 else (f"{label}{lines[0] or empty}", [])
    if expected and row.get("expected", "") != before:
        line += f" · {expecting}{show(expected, language)}"
    for key, value in row.items():
        if whole and value and key not in COLUMNS and key not in hidden:
            shown = show(_write(tell_column(key, value, wording, language), language), language)
            line += f" · {show(name_column(key, language), language, 100)} {shown}"
    return [defang(line), *rest]


def told_columns(wording: Wording) -> frozenset[str]:
    """Return the columns that need not be shown beside the sentences: their data stands in these."""
    return list_columns(wording.sentences) | {SAID, LABEL}


def name_column(name: str, language: str) -> str:
    """Return what stands before the value of a column that no sentence tells: its name, as SQL has it.

    Args:
        name: The column's.
        language: ``en`` or ``fr``.
    """
    return word("reason", language).lower() if name == "why" and language == "fr" else name


def _write(pieces: tuple[Piece, ...], language: str) -> str:
    return "".join(piece.text if piece.data else typeset(piece.text, language) for piece in pieces)


@cache
def _words(language: str) -> tuple[str, str]:
    """Return what stands for an empty value, and what stands before what was expected."""
    return word("empty", language), f"{word('expected', language).lower()}{colon(language)}"


def mark_of(row: dict[str, str]) -> str:
    """Return what a row came to: ``fail``, ``pass`` or ``undecided``."""
    return MARKS.get(row.get("ok", ""), "undecided")


def rows_by_mark(evidence: Evidence, mark: str) -> list[dict[str, str]]:
    """Return the rows that came to ``mark``.

    Args:
        evidence: What was seen.
        mark: The column ``ok``: ``"0"``, ``"1"`` or ``""``.
    """
    return [row for row in evidence.rows if mark_of(row) == mark]


def show_parameter(value: Value, language: str, limit: int = SHOWN) -> str:
    """Return a parameter's value as one line: texts as they are, lists and rows as JSON.

    Args:
        value: The value.
        language: ``en`` or ``fr``.
        limit: In characters.
    """
    if isinstance(value, str):
        return show(value, language, limit)
    if type(value) is int:
        return str(value)
    import json

    return show(json.dumps(value, ensure_ascii=False, default=str), language, limit)
