"""Faults to plant into undo, settling and looks of the engine: sequences are worth what they find of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """A text of the engine, and what stands there once it is planted.

    Attributes:
        near: How the checks begin whose fixes come by there: only these are drawn.
    """

    file: str
    old: str
    new: str
    near: tuple[str, ...] = ("",)


_SETTLE_FILE = 'return {"after": "done", "before": "void"}.get(look(act, place), "done")'
_FOR_OURS = 'act["after"] = exchange.look(place, act["target"])\n    ' + _SETTLE_FILE
_OF_LINES = ("LIN-", "KEY-", "DEF-", "PAM-")
_OF_FILES = ("FIL-", "SSH-01")
_OF_BOTH = (*_OF_LINES, *_OF_FILES)
FAULTS: dict[str, Fault] = {
    "settle takes a moved file for ours": Fault("acts/file.py", _SETTLE_FILE, _FOR_OURS, near=_OF_FILES),
    "settle forgets a moved file": Fault(
        "acts/file.py", _SETTLE_FILE, _SETTLE_FILE.replace('"done")', '"void")'), near=_OF_FILES
    ),
    "settle takes moved lines for ours": Fault("acts/line.py", _SETTLE_FILE, _FOR_OURS, near=_OF_LINES),
    "settle forgets a field of an account": Fault(
        "acts/account.py",
        'return {"after": "done", "before": "void"}',
        'return {"after": "void", "before": "void"}',
        near=("ACC-",),
    ),
    "settle forgets a unit": Fault(
        "acts/unit.py", '        }\n    return "done"', '        }\n    return "void"', near=("UNI-",)
    ),
    "settle leaves a package half configured": Fault("apt.py", "    if half:\n", "    if not half:\n", near=("PKG-",)),
    "settle drops what another wrote": Fault(
        "exchange.py",
        "        elif self._let_go(self.before):\n            pass",
        "        elif state:\n            calls.drop(self.folder, self.spare)",
        near=_OF_BOTH,
    ),
    "an undo does not settle": Fault(
        "change.py", "settled = [] if dry else undo.settle(journal)", "settled = undo.settle(journal) if dry else []"
    ),
    "what comes out is not looked at": Fault(
        "exchange.py", "if not same(state, expected):", "if not state:", near=_OF_BOTH
    ),
    "who holds a file open is not looked for": Fault(
        "exchange.py",
        "if handle is not None and not calls.hold(handle):",
        "if handle is not None and not handle:",
        near=_OF_BOTH,
    ),
    "an undo gives back a file whole": Fault(
        "fields.py", "if part(now, field) == part(after, field) or (", "if field or (", near=_OF_BOTH
    ),
    "an undo removes a file that another edited": Fault(
        "acts/file.py",
        'ours = now["type"] == after["type"] and "content" not in differ(now, after)',
        "ours = True",
        near=_OF_FILES,
    ),
    "an undo takes a moved field of an account": Fault(
        "acts/account.py", 'if state == "moved" and not forced:', 'if state == "moved" and forced:', near=("ACC-",)
    ),
    "an undo takes a moved setting": Fault(
        "acts/sysctl.py", 'if state == "moved" and not force:', 'if state == "moved" and force:', near=("KRN-",)
    ),
    "an undo takes a moved table": Fault(
        "acts/nft.py", 'if state == "moved" and not (force', 'if state == "moved" and (force', near=("FWL-",)
    ),
    "an undo stops what another started": Fault(
        "acts/unit.py",
        'after.get("invocation", "")) != shown.get("InvocationID") and not force',
        'after.get("invocation", "")) != shown.get("InvocationID") and force',
        near=("UNI-",),
    ),
    "an undo takes moved links": Fault(
        "acts/unit.py", "if wrong and not force:", "if wrong and force:", near=("UNI-",)
    ),
    "an undo begins with the oldest": Fault(
        "undo.py", "_find_returned(journal, wanted)], key=lambda one: -one.n)", "], key=lambda one: one.n)"
    ),
    "an undo removes what another installed anew": Fault(
        "apt.py",
        "for name in set(find_theirs(act, place)) & set(there):",
        "for name in set(there) - set(there):",
        near=("PKG-",),
    ),
    "an undo removes what another marked": Fault(
        "apt.py",
        'if name in act.get("auto", []) and name in manual:',
        'if name in act.get("auto", ()) and not manual:',
        near=("PKG-",),
    ),
    "an undo purges what another edited": Fault(
        "purge.py", "        and not dpkg.find_edited(place, standing[name])\n", "        and name\n", near=("PKG-",)
    ),
    "a dry run forgets what it took away": Fault(
        "dpkg.py", "        if pretended:\n", "        if not names:\n", near=("PKG-",)
    ),
    "an undo leaves what a start of the system began by a link": Fault(
        "acts/unit.py",
        "if systemd.is_of_start(place, shown) and not systemd.find_wanting",
        "if not shown and not systemd.find_wanting",
        near=("UNI-",),
    ),
    "an undo stops what another started in a later boot": Fault(
        "acts/unit.py", "if not (systemd.is_of_start(place, shown) or", "if not (shown or", near=("UNI-",)
    ),
    "settle forgets what went along with a setting": Fault(
        "acts/sysctl.py", '        act["along"] = along\n', '        act["along"] = {}\n', near=("KRN-02",)
    ),
    "where text of others lies is told once": Fault(
        "undo.py", "if asides and concerns and", "if not asides and concerns and", near=_OF_BOTH
    ),
}


def plant(fault: Fault, engine: Path) -> None:
    """Put a fault into a copy of the engine."""
    path = engine / fault.file
    text = path.read_text()
    assert text.count(fault.old) == 1, f"{path} says {text.count(fault.old)} times: {fault.old}"
    path.write_text(text.replace(fault.old, fault.new))
