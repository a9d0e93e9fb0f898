"""What the pages about the store share: states and times in words, text that is safe to print, tables."""

from rempart_core.messages.labels import Labels
from rempart_core.model.fix_outcome import SENTENCES, Outcome
from rempart_core.model.history import Standing
from rempart_core.model.result import State
from rempart_core.text import clean_line, defang
from rempart_core.timestamps import write_moment
from rempart_reports.writing.translation import state_name


def state_word(state: State | None, language: str) -> str:
    """Return a state in a language; ``∅`` where there is none.

    Args:
        state: The state.
        language: ``en`` or ``fr``.
    """
    return state_name(state, language).lower() if state else "∅"


def safe(text: str) -> str:
    """Return text that came from a machine such that it can't steer a terminal or a build service."""
    return defang(clean_line(text))


def reason_of(one: Standing, language: str) -> str:
    """Return why a standing is what it is, safe to print; ``""`` where nothing was said or asked for.

    Args:
        one: A state interval, read with its details.
        language: ``en`` or ``fr``.
    """
    english, french = one.detail.get("reason", ["", ""])
    return safe(french if language == "fr" else english)


def change_of(one: Standing, language: str) -> str:
    """Return what a change of the target did as the standing began, safe to print; ``""`` where none did anything.

    Args:
        one: A state interval, read with its details.
        language: ``en`` or ``fr``.
    """
    change = one.detail.get("change")
    return SENTENCES[Outcome(change["outcome"])].get(language).format(safe(change["id"])) if change else ""


def when(time: int | None, language: str) -> str:
    """Return a time, ``2026-11-25 13:00 UTC`` or ``25/11/2026 13:00 UTC``, or "never".

    Args:
        time: Seconds since 1970; None for never.
        language: ``en`` or ``fr``.
    """
    if time is None:
        return Labels("store_page", language)("never")
    day, clock = write_moment(time)[:16].split("T")
    return f"{'/'.join(reversed(day.split('-'))) if language == 'fr' else day} {clock} UTC"


def table(rows: list[list[str]], right: tuple[int, ...] = ()) -> list[str]:
    """Return rows as lines of aligned columns.

    Args:
        rows: The cells, each row as long as the first.
        right: Columns that are aligned at their right.
    """
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
