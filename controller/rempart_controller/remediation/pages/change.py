"""The changes that were made from here, for a reader and for machines: ``rempart rollback`` without a change."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rempart_controller.remediation.records.change import ChangeRecord, list_changes, read_record
from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.labels import Labels
from rempart_core.messages.message import NOTHING, Message
from rempart_core.messages.say import say
from rempart_core.model.fix_outcome import Outcome, count_outcome
from rempart_core.signing.key import Key
from rempart_core.text import clean_line
from rempart_reports.writing.translation import colon

SCHEMA = "rempart.changes/1"
_NAMED = 4  # hosts that are named of a change


class Listed(NamedTuple):
    """A change of the list.

    Attributes:
        id: Its id.
        record: Its record; None where it can't be read.
        failure: Why it can't; it says nothing where it can.
    """

    id: str
    record: ChangeRecord | None
    failure: Message = NOTHING


def read_changes(key: Key) -> Iterator[Listed]:
    """Yield all changes, oldest first, one at a time; one that can't be read does not hide the others."""
    for change in list_changes():
        try:
            yield Listed(change, read_record(change, key))
        except UsageError as error:
            yield Listed(change, None, error.message)


def show_changes(changes: Iterable[Listed], language: str) -> Iterator[str]:
    """Yield the lines that changes are shown in: two for each.

    Args:
        changes: The changes, in order; one whose record can't be read says why.
        language: ``en`` or ``fr``.
    """
    label = Labels("changes_page", language)
    listed = False
    for one in changes:
        listed = True
        if one.record is None:
            yield f"{clean_line(one.id)}  {label('unread')}{colon(language)}{clean_line(say(one.failure, language))}"
            continue
        record = one.record
        names = sorted(clean_line(name) for name in record.hosts)
        more = f", … {len(names) - _NAMED}" if len(names) > _NAMED else ""
        when = record.created[:16].replace("T", " ")
        yield f"{clean_line(one.id)}  {clean_line(when)} UTC  {clean_line(record.author)}"
        named, told = ", ".join(names[:_NAMED]) + more, tell_change(record, language)
        yield f"    {label('line', hosts=len(names), names=named, told=told)}"
    if not listed:
        yield label("none")


def changes_data(changes: Iterable[Listed]) -> dict[str, Json]:
    """Return the same as plain data."""
    return {"schema": SCHEMA, "changes": [_change_data(one) for one in changes]}


def _change_data(one: Listed) -> dict[str, Json]:
    record = one.record
    if record is None:
        return {"id": one.id, "failure": say(one.failure)}
    hosts: dict[str, Json] = {
        name: {
            "state": host.state,
            "outcomes": {check: fix.outcome.value for check, fix in sorted(host.fixes.items())},
            "regressed": sorted(host.regressed),
            "undone": name in record.undone or host.state == "reverted",
        }
        for name, host in sorted(record.hosts.items())
    }
    counts = {outcome.value: found for outcome, found in _count(record).items()}
    about = {"plan": record.plan, "created": record.created, "author": record.author}
    return {"id": one.id, **about, "hosts": hosts, "counts": counts, "undone": name_undo(record)}


def tell_change(record: ChangeRecord, language: str) -> str:
    """Return in a line what came of the fixes of a change, and whether it was undone.

    Args:
        record: The change's record.
        language: ``en`` or ``fr``.
    """
    parts = [count_outcome(outcome, found, language) for outcome, found in _count(record).items()]
    worse = sum(len(host.regressed) for host in record.hosts.values())
    label, state = Labels("changes_page", language), name_undo(record)
    parts += [label("regressed", count=str(worse))] if worse else []
    touched, undone = _count_undone(record)
    said = label("partly_of", count=str(undone), total=str(touched)) if state == "partly" else label(state)
    return f"{', '.join(parts) or label('nothing')} · {said}"


def _count(record: ChangeRecord) -> dict[Outcome, int]:
    """Return how many fixes came to each outcome, in the order of the outcomes."""
    found = Counter(fix.outcome for host in record.hosts.values() for fix in host.fixes.values())
    return {outcome: found[outcome] for outcome in Outcome if found[outcome]}


def name_undo(record: ChangeRecord) -> str:
    """Return whether a change was undone where it touched something: undone, partly, stands or untouched."""
    touched, undone = _count_undone(record)
    if not touched:
        return "untouched"
    return "stands" if not undone else "undone" if undone == touched else "partly"


def _count_undone(record: ChangeRecord) -> tuple[int, int]:
    """Return how many hosts the change touched, and on how many of them it was undone, by itself or by somebody."""
    touched = [(name, host) for name, host in record.hosts.items() if host.begun]
    return len(touched), sum(name in record.undone or host.state == "reverted" for name, host in touched)
