"""What a change came to for one finding of one target, in words; a result carries it as ``AppliedChange``."""

from collections.abc import Sequence
from enum import Enum

from rempart_core.model.result import Result
from rempart_core.model.sentence import tell_row
from rempart_core.text import Text
from rempart_core.typography import COLON

SEEN = 3  # things that are named of a result


class Outcome(Enum):
    """What became of one fix on one host."""

    FIXED = "fixed"
    STILL_FAILING = "still_failing"
    REGRESSED = "regressed"
    NOT_APPLIED = "not_applied"
    ROLLED_BACK = "rolled_back"
    LOST = "lost"


WORDS = {
    Outcome.FIXED: Text("fixed", "corrigé"),
    Outcome.STILL_FAILING: Text("still failing", "toujours en échec"),
    Outcome.REGRESSED: Text("regressed", "régression"),
    Outcome.NOT_APPLIED: Text("not applied", "non appliqué"),
    Outcome.ROLLED_BACK: Text("rolled back", "annulé"),
    Outcome.LOST: Text("host lost", "machine perdue"),
}

_SEVERAL = {
    Outcome.FIXED: Text("fixed", "corrigés"),
    Outcome.REGRESSED: Text("regressed", "régressions"),
    Outcome.NOT_APPLIED: Text("not applied", "non appliqués"),
    Outcome.ROLLED_BACK: Text("rolled back", "annulés"),
    Outcome.LOST: Text("hosts lost", "machines perdues"),
}

SENTENCES = {
    Outcome.FIXED: Text("fixed by change {}", "corrigé par le changement {}"),
    Outcome.STILL_FAILING: Text("still failing after change {}", "toujours en échec après le changement {}"),
    Outcome.REGRESSED: Text(
        "made worse by change {}, which was rolled back", "aggravé par le changement {}, qui a été annulé"
    ),
    Outcome.NOT_APPLIED: Text("change {} was not applied", "le changement {} n’a pas été appliqué"),
    Outcome.ROLLED_BACK: Text("change {} was rolled back", "le changement {} a été annulé"),
    Outcome.LOST: Text("the host was lost in change {}", "la machine a été perdue pendant le changement {}"),
}
"""What each came to, with the id of the change."""


def count_outcome(outcome: Outcome, number: int, language: str) -> str:
    """Return how many fixes came to the same, as ``21 fixed``.

    Args:
        outcome: What they came to.
        number: Of them.
        language: ``en`` or ``fr``.
    """
    words = _SEVERAL.get(outcome, WORDS[outcome]) if number > 1 else WORDS[outcome]
    return f"{number} {words.get(language)}"


def show(result: Result | None, before: Sequence[Text] = ()) -> tuple[Text, ...]:
    """Return the first things that a result is about, as a reader sees them: ``item: observed``, untrusted.

    Args:
        result: What was found; None gives nothing.
        before: What was shown of the same check before a change: what became of these things is told first.
    """
    if result is None:
        return ()
    rows = result.evidence.rows if result.evidence is not None else []
    failing = [row for row in rows if row.get("ok") == "0"] or rows
    if before:
        failing = sorted(failing, key=lambda row: not _is_named(row, result, before))
    seen = tuple(Text(_tell(row, result, "en"), _tell(row, result, "fr")) for row in failing[:SEEN])
    return seen or (result.reason,)


def _is_named(row: dict[str, str], result: Result, before: Sequence[Text]) -> bool:
    begin = f"{tell_row(row, result.wording, 'en')[0]}: "
    return any(one.en.startswith(begin) for one in before)


def _tell(row: dict[str, str], result: Result, language: str) -> str:
    item, observed, _ = tell_row(row, result.wording, language)
    return f"{item}{COLON if language == 'fr' else ': '}{observed}"


def read_seen(data: object) -> tuple[Text, ...]:
    """Return what was seen, of a record: each in both languages; older records have the English words alone.

    Args:
        data: What the record has.

    Raises:
        TypeError: It is no list, or has something else.
    """
    if not isinstance(data, list | tuple):
        raise TypeError(data)
    seen = []
    for one in data:
        both = (one, one) if isinstance(one, str) else tuple(one)
        if len(both) != 2 or not all(isinstance(text, str) for text in both):
            raise TypeError(one)
        seen.append(Text(*both))
    return tuple(seen)
