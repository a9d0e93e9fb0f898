"""What our modules answer on a host, read at the door: a host may say anything.

What is not of its shape is taken for a failure, and said so: it never counts as done, and it never ends the command.
"""

from collections.abc import Iterator
from typing import NamedTuple

from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.text import NOTHING, Text, same

FAILED = "failed"


class Row(NamedTuple):
    """What became of one act at an undo, or would become of it. All texts are the host's, untrusted.

    Attributes:
        word: ``back``, ``failed`` or another word of the module ``rempart_journal``.
        target: What the act was about.
        checks: The checks whose fixes did it.
        why: Why it stays; empty where that is not said.
        by_hand: The command that does it by hand; ``""`` for none.
    """

    word: str
    target: str
    checks: tuple[str, ...] = ()
    why: Text = NOTHING
    by_hand: str = ""


class FixReport(NamedTuple):
    """What a fix did. All texts are the host's, untrusted.

    Attributes:
        check: Its check.
        acts: Kind and target of each act.
        failed: Whether it failed.
        why: Why it failed.
        loaded: The effects that were proved.
        change: The change that it belongs to; ``""`` for the one that was asked for.
    """

    check: str
    acts: tuple[tuple[str, str], ...] = ()
    failed: bool = False
    why: Text = NOTHING
    loaded: tuple[str, ...] = ()
    change: str = ""


def read_word(answer: JsonObject, name: str) -> str:
    """Return a text of an answer; ``""`` where it has none of that name.

    Args:
        answer: The answer.
        name: The key.
    """
    said = answer.get(name)
    return said if isinstance(said, str) else ""


def read_rows(answer: JsonObject) -> list[Row]:
    """Return what became of the acts."""
    return [_read_row(one) for one in _elements(answer.get("rows"))]


def read_reports(answer: JsonObject, name: str = "fixes") -> list[FixReport]:
    """Return what fixes did.

    Args:
        answer: The answer.
        name: The key: ``fixes``, or at an undo ``again`` and ``elsewhere`` (applied again, of this change and others).
    """
    return [_read_fix(one) for one in _elements(answer.get(name))]


def read_changes(answer: JsonObject) -> dict[str, JsonObject]:
    """Return what a host says of each change that it knows; what is no object is a change without a word."""
    said = answer.get("changes")
    return {str(name): _object(one) for name, one in said.items()} if isinstance(said, dict) else {}


def read_lease(answer: JsonObject) -> tuple[str, int]:
    """Return the change whose holder is expected back, and for how many seconds yet; ``""`` for none."""
    lease = _object(answer.get("lease"))
    return read_word(lease, "change"), read_number(lease, "held")


def read_number(answer: JsonObject, name: str) -> int:
    """Return a whole number of an answer; 0 where it has none of that name.

    Args:
        answer: The answer.
        name: The key.
    """
    said = answer.get(name)
    return int(said) if isinstance(said, (int, float)) and abs(said) < 1 << 53 else 0


def read_words(answer: JsonObject, name: str) -> tuple[str, ...]:
    """Return the texts of a list of an answer; none where it has no list of that name.

    Args:
        answer: The answer.
        name: The key.
    """
    return tuple(one for one in _elements(answer.get(name)) if isinstance(one, str))


def read_acts(answer: JsonObject, name: str = "acts") -> list[JsonObject]:
    """Return the objects of a list of an answer, acts of a change for one.

    Args:
        answer: The answer.
        name: The key.
    """
    return [one for one in _elements(answer.get(name)) if isinstance(one, dict)]


def read_text(said: Json) -> Text:
    """Return a text in both languages, which a host gives as a list of two; empty where it is none."""
    both = [one for one in _elements(said) if isinstance(one, str)]
    return Text(both[0], both[1] if len(both) > 1 else both[0]) if both else NOTHING


def _read_row(said: Json) -> Row:
    row = _object(said)
    word, target = read_word(row, "word"), read_word(row, "target")
    if not word or not target:
        return Row(FAILED, "?", why=say_both(Message("change.not_understood")))
    return Row(word, target, read_words(row, "checks"), read_text(row.get("why")), read_word(row, "by_hand"))


def _read_fix(said: Json) -> FixReport:
    fix = _object(said)
    check, failed = read_word(fix, "check"), fix.get("failed")
    if not check:
        return FixReport("?", failed=True, why=say_both(Message("change.not_understood")))
    why = same(failed) if isinstance(failed, str) else read_text(fix.get("why"))
    acts = tuple(_read_act(one) for one in _elements(fix.get("acts")))
    return FixReport(check, acts, bool(failed), why, read_words(fix, "loaded"), read_word(fix, "change"))


def _read_act(said: Json) -> tuple[str, str]:
    """Return kind and target of an act, which is a pair or an object."""
    if isinstance(said, dict):
        return read_word(said, "kind"), read_word(said, "target")
    kind, target, *_ = [*map(str, _elements(said)), "", ""]
    return kind, target


def _object(said: Json) -> JsonObject:
    return said if isinstance(said, dict) else {}


def _elements(said: Json) -> Iterator[Json]:
    yield from said if isinstance(said, (list, tuple)) else ()
