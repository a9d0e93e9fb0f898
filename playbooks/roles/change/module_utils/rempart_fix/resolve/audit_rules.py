"""Audit rules for events: pure functions of what an endpoint has to the text of a drop-in.

An event is named as the checks name it (``perm=wa file=/etc/passwd``, ``call=chmod arch=b64 people=1000``). Each
drop-in has a key of its own: the kernel compares keys too, and auditctl ends its load at a rule that the kernel has
already, so that no rule of ours may be one that another file holds.
"""

import re
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

FOLDER = "/etc/audit/rules.d"
_FILE = re.compile(r"perm=(?P<perms>[rwxa]+)(?: people=(?P<people>\d{1,9}))? (?P<kind>file|link|below)=(?P<path>/.*)\Z")
_WHERE = r"[a-z0-9_]+(?:!=|>=|<=|&=|=|>|<|&)[A-Za-z0-9_-]+"
_CALL = re.compile(
    r"call=(?P<call>[a-z0-9_]+) arch=(?P<arch>b64|b32)(?: people=(?P<people>\d{1,9}))?(?: exit=(?P<exit>-\d{1,4}))?"
    rf"(?: where=(?P<where>{_WHERE}(?:,{_WHERE})*))?\Z"
)
_CONDITION = re.compile(r"([a-z0-9_]+)([!=<>&]+)(.+)\Z")
_PLAIN = re.compile(r"/[A-Za-z0-9._/@:+,\[\]~=-]*\Z")  # what auditctl takes as one word, whichever version
_ERRORS = {"-1": "-EPERM", "-13": "-EACCES"}
_ACCOUNTS = ("auid", "uid", "euid", "suid", "fsuid", "gid", "egid", "sgid", "fsgid", "obj_uid", "obj_gid")


class Seen(NamedTuple):
    """How a path of an event stands.

    Attributes:
        path: With the links of its folders resolved; ``""`` where its folder is not there.
        end: Where it leads, links resolved; ``path`` where it is no link, or leads nowhere.
        folder: Whether a folder is there in the end.
        firm: Whether nobody but root can take its folder away.
    """

    path: str
    end: str
    folder: bool
    firm: bool = True


See = Callable[[str], Seen]
Knows = Callable[[str, str], bool]
"""Tells whether a system call is one of ``b64`` or ``b32`` on this machine."""


def own_file(check: str) -> str:
    """Return the path of our drop-in."""
    return f"{FOLDER}/40-rempart-{check.lower()}.rules"


def own_lock(check: str) -> str:
    """Return the path of the drop-in that locks: its name is the last, since the last ``-e`` and ``-f`` count."""
    return f"{FOLDER}/zzz-rempart-{check.lower()}.rules"


def is_event(text: object) -> bool:
    """Tell whether a text names an event."""
    return isinstance(text, str) and bool(_FILE.match(text) or _CALL.match(text))


def asks_calls(events: Sequence[str]) -> bool:
    """Tell whether an event is one of a system call."""
    return any(_CALL.match(event) for event in events)


def render(check: str, events: Sequence[str], see: See, knows: Knows) -> str:
    """Return the text of a drop-in that traces events.

    A file whose folder is not there, a program whose folder others than root can take away, and a name that auditctl
    does not take as one word are left out, and named in a comment: the kernel refuses a rule for a folder that is not
    there, and with it all rules that come after.

    Args:
        check: Id of the check.
        events: The events.
        see: Says how a path stands.
        knows: Says whether there is a system call.
    """
    key = f"rempart-{check.lower()}"
    lines: Dict[str, None] = {}
    left_out: Dict[str, None] = {}
    calls: Dict[Tuple[str, str], List[str]] = {}
    for event in events:
        found = _FILE.match(event)
        if found:
            for line in _watch(found.groupdict(), key, see):
                lines[line] = None
            if not _is_written(found.groupdict(), see):
                left_out[ascii(found["path"])[1:-1]] = None
            continue
        call = _CALL.match(event)
        if call and knows(call["call"], call["arch"]):
            named = calls.setdefault((call["arch"], _conditions(call.groupdict())), [])
            if call["call"] not in named:
                named.append(call["call"])
    lines.update(
        dict.fromkeys(
            f"-a always,exit -F arch={arch} -S {','.join(named)}{more} -F key={key}"
            for (arch, more), named in calls.items()
        )
    )
    head = [f"# Rempart, {check}", *(f"# left out: {path}" for path in left_out)]
    return "\n".join([*head, *lines]) + "\n"


def _is_written(event: Mapping[str, Optional[str]], see: See) -> bool:
    """Tell whether a rule is written; of a program anybody could have its folder go, and end the next start's load."""
    seen = see(str(event["path"]).rstrip("/") or "/")
    plain = seen.path and _PLAIN.match(seen.path) and _PLAIN.match(seen.end)
    return bool(plain) and (seen.firm or event["perms"] != "x")


def _watch(event: Mapping[str, Optional[str]], key: str, see: See) -> List[str]:
    """Return the rules of a file: where it lies, and for changes the link that leads there too."""
    path = str(event["path"]).rstrip("/") or "/"
    if not _is_written(event, see):
        return []
    seen, perms, people = see(path), str(event["perms"]), event["people"]
    if event["kind"] == "link":
        return [_rule(seen.path, perms, people, key, tree=False)]
    rules = [_rule(seen.end, perms, people, key, tree=seen.folder and event["kind"] == "below")]
    renewed = "".join(letter for letter in perms if letter in "wa")
    if seen.end != seen.path and renewed:
        rules.append(_rule(seen.path, renewed, people, key, tree=seen.folder))
    return rules


def _rule(path: str, perms: str, people: Optional[str], key: str, *, tree: bool) -> str:
    if people is None:
        return f"-w {path} -p {perms} -k {key}"
    field = "dir" if tree else "path"
    return f"-a always,exit -F {field}={path} -F perm={perms} -F auid>={people} -F auid!=unset -F key={key}"


def _conditions(event: Mapping[str, Optional[str]]) -> str:
    said = []
    for condition in (event["where"] or "").split(","):
        parts = _CONDITION.match(condition)
        if parts:
            option = "-C" if parts[1] in _ACCOUNTS and parts[3] in _ACCOUNTS else "-F"
            said.append(f" {option} {condition}")
    if event["exit"]:
        said.append(f" -F exit={_ERRORS.get(str(event['exit']), event['exit'])}")
    if event["people"]:
        said.append(f" -F auid>={event['people']} -F auid!=unset")
    return "".join(said)


def render_lock(check: str, failure: int, others: Sequence[str]) -> str:
    """Return the text of the drop-in that locks the rules.

    Args:
        check: Id of the check.
        failure: What the kernel does at least when it can't record.
        others: The texts of the other drop-ins, in the order in which augenrules takes them: the last ``-f`` counts.
    """
    said = [line.split() for text in others for line in text.splitlines() if re.match(r"-f\s*[0-9]", line)]
    last = re.sub(r"[^0-9]", "", "".join(said[-1])) if said else "1"
    least = [] if int(last) >= failure else [f"-f {failure}"]
    return "\n".join([f"# Rempart, {check}", *least, "-e 2"]) + "\n"


def version_order(name: str) -> List[object]:
    """Order names as ``ls -v`` does: numbers in them by value."""
    return [int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", name))]
