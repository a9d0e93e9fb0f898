"""How a change of a file reads: as two texts, or, where it may hold secrets, as the number of lines alone."""

import re
from typing import Any, List

from .calls import State
from .contract import Act, Refusal, Show
from .owners import name_owner
from .place import Place

_SECRET = re.compile(
    r"(?i)([\w.-]*(?:passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|private[_-]?key|community|credential)[\w.-]*)"
    r"([ \t]*[=:][ \t]*|[ \t]+)(?!\d+[ \t]*$|yes[ \t]*$|no[ \t]*$|true[ \t]*$|false[ \t]*$)(\S.*)$"
)
_HIDDEN = re.compile(
    r"/(shadow|gshadow|opasswd|authorized_keys\d*|sssd\.conf|ldap\.secret|chap-secrets)\b|\.(key|pem|p12|pfx)\Z"
)


def show_change(act: Act, place: Place) -> Show:
    """Return what check mode shows of a file: the lines that go and come, without those around them."""
    before, after = act["before"], act["after"]
    old, new = _lines(before, place), _lines(after, place)
    if is_secret(act["target"], before, after):
        gone, come = _cut(old, new)
        was = _head(before, place) + (f"{len(gone)} lines, not shown\n" if gone else "")
        return Show(
            act["target"], was, _head(after, place) + (f"changed, {len(come)} lines, not shown\n" if come else "")
        )
    gone, come = _cut(old, new)
    show_head = before["type"] == "absent" or after["type"] == "absent" or _head(before, place) != _head(after, place)
    heads = (_head(before, place), _head(after, place)) if show_head else ("", "")
    return Show(act["target"], heads[0] + mask("".join(gone)), heads[1] + mask("".join(come)))


def is_secret(path: str, *states: State) -> bool:
    """Tell whether a file may hold secrets: not all may read it, or its name says so."""
    if _HIDDEN.search(path):
        return True
    return any(state["type"] == "file" and not state["mode"] & 0o004 for state in states) and not _is_plain(path)


def _is_plain(path: str) -> bool:
    """Tell whether a file that only root reads is known to hold settings alone: ours of sshd and sudo."""
    return bool(
        re.match(
            r"/etc/(ssh/sshd_config(\.d/[\w.-]+)?|sudoers(\.d/[\w.-]+)?|audit/[\w./-]+|security/\w+\.conf)\Z", path
        )
    )


def mask(text: str) -> str:
    """Return a text with what looks like a secret masked."""
    return "".join(_SECRET.sub(r"\1\2********", line) for line in text.splitlines(keepends=True))


def _lines(state: State, place: Place) -> List[str]:
    if state["type"] != "file":
        return [f"link to {state['to']}\n"] if state["type"] == "link" else []
    try:
        return place.read(state["sha256"]).decode("utf-8", "replace").splitlines(keepends=True)
    except Refusal:
        return []


def _head(state: State, place: Place) -> str:
    if state["type"] == "absent":
        return ""
    return f"mode {state['mode']:04o}, {name_owner(place, state)}\n"


def _cut(old: List[str], new: List[str]) -> Any:
    """Return the lines that go and those that come."""
    import difflib

    gone: List[str] = []
    come: List[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            come += new[c:d]
    return gone, come
