"""What a change of the target did about its findings: the audit that follows ``rempart apply`` or ``rollback`` tells.

A plain audit has none of it, and its reports say nothing of it. Only :attr:`Outcome.FIXED` says that something was
fixed; whatever else a result says, its note says what the change came to.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rempart_core.model.fix_outcome import SENTENCES, WORDS, Outcome, show
from rempart_core.model.result import AppliedChange, Result, Run, State
from rempart_reports.writing.evidence import show as clean
from rempart_reports.writing.translation import colon, number, semicolon, state_name, word

LENGTH = 300  # characters that are shown of what was seen


class Note(NamedTuple):
    """What a change did about one result, in words that are clean.

    Attributes:
        result: The result.
        change: The change's id.
        outcome: What it came to.
        word: The same in a word or two.
        sentence: The same with the change's id.
        before: What was seen before it; ``""`` where that is not known.
        after: What was seen after it.
        reason: Why it was not fixed; ``""`` where it was, or where nothing more is known.
    """

    result: Result
    change: str
    outcome: Outcome
    word: str
    sentence: str
    before: str
    after: str
    reason: str


class ChangeNotes(NamedTuple):
    """What one change did on one target.

    Attributes:
        change: Its id.
        notes: Of each finding that it was about: what was not fixed first, each worst first.
    """

    change: str
    notes: tuple[Note, ...]

    def counts(self) -> dict[Outcome, int]:
        """Return how many came to each outcome, none left out that there is."""
        found = [note.outcome for note in self.notes]
        return {outcome: found.count(outcome) for outcome in _ORDER if outcome in found}


_ORDER = (
    Outcome.LOST,
    Outcome.REGRESSED,
    Outcome.STILL_FAILING,
    Outcome.ROLLED_BACK,
    Outcome.NOT_APPLIED,
    Outcome.FIXED,
)
_ICONS = {Outcome.FIXED: "pass", Outcome.NOT_APPLIED: "not_checked", Outcome.LOST: "error"}


def note_of(result: Result, language: str) -> Note | None:
    """Return what a change did about a result; None where none did anything.

    Args:
        result: What a check came to.
        language: ``en`` or ``fr``.
    """
    change = result.change
    if change is None:
        return None
    outcome = Outcome(change.outcome)
    id_ = clean(change.id, language, LENGTH)
    return Note(
        result=result,
        change=id_,
        outcome=outcome,
        word=WORDS[outcome].get(language),
        sentence=SENTENCES[outcome].get(language).format(id_),
        before=_join(change.before, language),
        after=_join(_see(result, language), language),
        reason=_reason(change, outcome, language),
    )


def _reason(change: AppliedChange, outcome: Outcome, language: str) -> str:
    return "" if outcome is Outcome.FIXED else clean(change.reason.get(language), language, LENGTH).strip()


def _see(result: Result, language: str) -> tuple[str, ...]:
    """Return what is seen now; of what was not looked at that it was not."""
    if result.state is State.NOT_CHECKED:
        return (state_name(result.state, language),)
    return tuple(one.get(language) for one in show(result))


def _join(seen: Iterable[str], language: str) -> str:
    return clean(semicolon(language).join(seen), language, LENGTH).strip()


def icon_of(note: Note) -> str:
    """Return the kind of result whose mark tells of a note: that of a pass only where the change fixed it."""
    return _ICONS.get(note.outcome, "fail")


def list_change_notes(results: Iterable[Result], language: str) -> list[ChangeNotes]:
    """Return what changes did about some results, a change after the other; nothing of a plain audit.

    Args:
        results: Of one run or many.
        language: ``en`` or ``fr``.
    """
    found: dict[str, list[Note]] = {}
    for result in results:
        if result.change is not None and (note := note_of(result, language)):
            found.setdefault(note.change, []).append(note)
    return [ChangeNotes(change, tuple(sorted(notes, key=_rank))) for change, notes in found.items()]


def _rank(note: Note) -> tuple[int, int, str]:
    return _ORDER.index(note.outcome), note.result.severity.rank, note.result.check


def describe_counts(deed: ChangeNotes, language: str) -> str:
    """Return how many came to what: ``1 host lost, 2 fixed``.

    Args:
        deed: What a change did.
        language: ``en`` or ``fr``.
    """
    return tell_counts(deed.counts(), language)


def tell_counts(counts: dict[Outcome, int], language: str) -> str:
    """Return how many came to what, in the order of a report.

    Args:
        counts: How many by outcome.
        language: ``en`` or ``fr``.
    """
    told = [(outcome, counts[outcome]) for outcome in _ORDER if counts.get(outcome)]
    return ", ".join(f"{number(found, language)} {WORDS[outcome].get(language)}" for outcome, found in told)


def describe_note(note: Note, language: str) -> list[str]:
    """Return a note in lines: what the change came to and why, and what was seen before and after it.

    Args:
        note: What a change did about a result.
        language: ``en`` or ``fr``.
    """
    lines = [_capital(note.sentence) + (f"{colon(language)}{note.reason}" if note.reason else "")]
    if note.before:
        lines.append(f"{word('before_after', language)}{colon(language)}{note.before} → {note.after}")
    return lines


def describe_applied(result: Result, language: str) -> list[str]:
    """Return in lines what a change did about a result; none where none did anything.

    Args:
        result: What a check came to.
        language: ``en`` or ``fr``.
    """
    note = note_of(result, language) if result.change is not None else None
    return describe_note(note, language) if note else []


def tell_run(run: Run, language: str) -> Iterator[str]:
    """Yield a line for each change of a run's target, and one for each finding that it was about.

    Args:
        run: The run.
        language: ``en`` or ``fr``.
    """
    for deed in list_change_notes(run.results, language):
        yield f"{word('deed', language, change=deed.change)}{colon(language)}{describe_counts(deed, language)}"
        for note in deed.notes:
            said = f"{note.word}{colon(language)}{clean(note.result.check, language)}"
            seen = f" ({note.before} → {note.after})" if note.before else ""
            yield f"- {said}{seen}" + (f"{colon(language)}{note.reason}" if note.reason else "")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
