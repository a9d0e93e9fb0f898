"""Table rempart_audit_trace: whether the audit subsystem records an event, whoever of those that are meant makes it.

osquery has no such table. ``event`` names what shall be recorded (:func:`rempart_agent.models.audit_event.read`):
``call=chmod arch=b64 people=1000``, a system call by everybody who logged in as 1000 or higher; ``call=openat
arch=b32 exit=-13``, one that ends with this error; ``call=execve arch=b64 where=uid!=euid,euid=0``; ``perm=wa
file=/etc/passwd``, writing a file, or its attributes, by programs of 64 and of 32 bits; ``perm=wa
below=/etc/sudoers.d`` all in a folder.

``now`` is the answer of the rules that the kernel has (on a running machine alone), ``next`` that of those which the
next start loads, and ``traced`` of both: 1, 0, or NULL where it is not known (:mod:`rempart_agent.models.audit_trace`).
``known`` is 0 where programs of this machine have no such system call, ``there`` whether the file is there, ``link`` 1
where it is a link: then what it leads to (``end``) has to be traced, and of the link itself that it is written anew.
"""

from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from rempart_agent.models import audit_event, audit_trace
from rempart_agent.models.audit_event import Event
from rempart_agent.models.audit_rules import LOADED, LOST, Rule
from rempart_agent.models.audit_trace import Traced
from rempart_agent.readers.kernel import audit_loading, audit_netlink, netlink
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_audit_rules

OFFLINE = "part"
COLUMNS = (
    Column("event", TEXT, argument=True, required=True),
    Column("traced", INTEGER),
    Column("now", INTEGER),
    Column("next", INTEGER),
    Column("now_why", TEXT),
    Column("next_why", TEXT),
    Column("rule", TEXT),
    Column("known", INTEGER),
    Column("there", INTEGER),
    Column("link", INTEGER),
    Column("end", TEXT),
)
_Rules = List[Tuple[Rule, bool]]
_LEAST_RATE = 100  # records a second; 0 is without a limit


class _Sets(NamedTuple):
    """The rules of a machine: for each of both times its rules, or an answer for all events."""

    machine: str
    now: Optional[_Rules]
    now_answer: Optional[Traced]
    next: _Rules
    next_answer: Optional[Traced]


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: one row for each event that a statement names.

    Raises:
        Denied: a file may not be read, or the kernel does not answer.
    """
    sets: _Sets = target.shared("audit trace", lambda: _sets(target))
    return [_row(target, sets, text) for text in query.equal("event") or ()]


def _row(target: Target, sets: _Sets, text: str) -> Row:
    event = audit_event.read(text)
    if event is None:
        why = Why("the event {event} is not understood", event=text)
        return {"event": text, "now_why": why if target.live else "", "next_why": why}
    there, link, events = _places(target, event)
    known = audit_event.exists(event, sets.machine)
    row: Dict[str, object] = {"event": text, "known": None if known is None else int(known)}
    after = _all(events, sets.next, sets.next_answer, sets.machine)
    row.update(next=after.traced, next_why=after.why, rule="; ".join(after.rules), traced=after.traced)
    if target.live:
        now = _all(events, sets.now or [], sets.now_answer, sets.machine)
        both = (now.traced, after.traced)
        row.update(now=now.traced, now_why=now.why, traced=0 if 0 in both else None if None in both else 1)
        row["rule"] = "; ".join(now.rules)
    else:
        row["now_why"] = ""
    if event.path:
        row.update(there=there, link=link, end=events[0].path)
    return row  # type: ignore[return-value]


def _places(target: Target, event: Event) -> Tuple[int, int, List[Event]]:
    """Return whether the file of an event is there, whether it is a link, and the events of both ends of that.

    Of a folder that is not there, it is that it is made.
    """
    if not event.path:
        return 0, 0, [event]
    folder, _, name = event.path.rpartition("/")
    try:
        parent = target.realpath(folder or "/").rstrip("/")
    except (Missing, Loop):
        return 0, 0, [event._replace(below=False)]
    event = event._replace(path=parent + "/" + name)
    try:
        target.lstat(event.path)
        end = target.realpath(event.path) if event.follows else event.path
    except (Missing, Loop):
        return 0, 0, [event._replace(below=False)]
    if end == event.path:
        return 1, 0, [event]
    renewed = "".join(letter for letter in event.perms if letter in "wa")
    return 1, 1, [event._replace(path=end), *([event._replace(perms=renewed)] if renewed else ())]


def _all(events: List[Event], rules: _Rules, answer: Optional[Traced], machine: str) -> Traced:
    found = [answer or audit_trace.trace(event, rules, machine) for event in events]
    return next((one for bad in (0, None) for one in found if one.traced == bad), found[0])


def _sets(target: Target) -> _Sets:
    machine = audit_loading.machine(target)
    now: Optional[_Rules] = None
    now_answer = None
    if target.live:
        found = rempart_audit_rules.in_kernel(target, machine)
        now = [(_placed(target, one.rule), True) for one in found or ()]
        status = _status(target) if found is not None else {}
        if not status.get("enabled"):
            now_answer = Traced(0, (), Why("the audit subsystem is off"))
        else:
            now_answer = _limited(str(status["rate_limit"]))
    loading = audit_loading.loading(target)
    after: _Rules = []
    next_answer = None
    if not loading.source:
        next_answer = Traced(None if not loading.known else 0, (), loading.why)
    else:
        listed = rempart_audit_rules.on_disk(target, loading.source, machine)
        for one in listed:
            if one.rule.list and one.judged.loaded != LOST:
                place = 0 if one.rule.text.startswith("-A") else len(after)
                after.insert(place, (_placed(target, one.rule), one.judged.loaded == LOADED))
        last = [one.rule.text.split() for one in listed if not one.rule.list and one.rule.text.startswith("-e")][-1:]
        if last and last[0][1:2] not in (["1"], ["2"]):
            next_answer = Traced(None, (), Why("-e 0 turns the recording off, unless auditd starts later"))
        last = [one.rule.text.split() for one in listed if not one.rule.list and one.rule.text.startswith("-r")][-1:]
        if last:
            next_answer = next_answer or _limited(" ".join(last[0])[2:].strip())
    return _Sets(machine, now, now_answer, after, next_answer)


def _status(target: Target) -> Mapping[str, int]:
    """Return the state of the audit subsystem, nothing where the kernel has none."""
    try:
        return audit_netlink.parse_status(target.ask("audit_status", audit_netlink.get_status))
    except netlink.Unsupported:
        return {}


def _limited(rate: str) -> Optional[Traced]:
    """Return the answer where the kernel writes too few records a second, of which an event takes several."""
    if rate.isdigit() and (int(rate) == 0 or int(rate) >= _LEAST_RATE):
        return None
    return Traced(None, (), Why("the kernel writes {rate} records a second (-r) and loses the rest", rate=rate))


def _placed(target: Target, rule: audit_netlink.Rule) -> Rule:
    """Return a rule with its file where the kernel looks for it: links of the folders above are gone through."""
    if rule.watch:
        folder, _, name = rule.watch.rpartition("/")
        try:
            rule = rule._replace(watch=target.realpath(folder or "/").rstrip("/") + "/" + name)
        except (Missing, Loop):
            pass
    return rempart_audit_rules.plain(rule)
