"""The fix file: reads ``playbooks/roles/<role>/fixes.yml``, which says what each automatic fix touches.

What a plan needs is read. On Linux a fix says what it touches to ``rempart_fix``, not here. All mistakes of all files
are reported at once, each with file, line and column.
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.model.check import PLATFORMS
from rempart_core.text import Text

_LISTS = ("files", "attributes", "trees", "units", "sysctls", "packages")
_FLAGS = ("accounts", "homes", "set_uid", "nftables")
_KEYS = (*_LISTS, *_FLAGS, "after", "needs", "opens", "partly", "values", "guard", "manual")
_TOUCHES = {
    "accounts": ("accounts", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"),
    "homes": ("/home", "/root"),
    "nftables": ("firewall",),
    "units": ("units", "/etc/systemd"),
    "sysctls": ("sysctl",),
    "after": ("units",),
}
ANYTHING = "anything"
"""What a fix touches that installs packages, or whose files are not known beforehand."""
_CHECK = re.compile(r"[A-Z][A-Z0-9]{1,7}-[0-9]{2,4}")


class Fix(NamedTuple):
    """An automatic fix of a check on a platform.

    Attributes:
        check: The check's id.
        platform: ``linux``, ``darwin`` or ``windows``.
        role: The role under ``playbooks/roles``.
        needs: Ids of the preconditions; see ``playbooks/preconditions``.
        partly: What an undo can't bring back; None where it brings back all.
        opens: Checks that it may open although they passed, as an upgrade does that wants a reboot.
        values: Other checks whose parameters it reads.
        touches: What it may touch: paths (of a pattern the part before it), ``accounts``, ``firewall``, ``sysctl``,
            ``units``, and :data:`ANYTHING` where that is not known beforehand.
        guard: Whether it may cut the way in though its check is not ranked so: what it touches on Windows is guarded.
        manual: Why there is no automatic fix on that platform; None where there is one.
    """

    check: str
    platform: str
    role: str
    needs: tuple[str, ...] = ()
    partly: Text | None = None
    opens: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    touches: frozenset[str] = frozenset()
    guard: bool = False
    manual: Text | None = None


def find_opened(fixes: Mapping[tuple[str, str], Fix]) -> dict[str, frozenset[str]]:
    """Return by check which others its fix may make fail, or leave without a verdict, on whatever platform.

    Args:
        fixes: By check and platform.
    """
    opened: dict[str, frozenset[str]] = {}
    for (check, _), fix in fixes.items():
        opened[check] = opened.get(check, frozenset()) | frozenset(fix.opens)
    return opened


def read_fixes(playbooks: str) -> dict[tuple[str, str], Fix]:
    """Read the fixes of all roles below a folder of playbooks, by check and platform.

    Raises:
        ContentError: With all mistakes of all files.
    """
    mistakes: list[Mistake] = []
    fixes: dict[tuple[str, str], Fix] = {}
    roles = os.path.join(playbooks, "roles")
    for role in sorted(os.listdir(roles)):
        path = os.path.join(roles, role, "fixes.yml")
        if not os.path.isfile(path):
            continue
        document = read(path)
        reader = Reader(document)
        for key, node in reader.entries(document.root, "fixes"):
            if not _CHECK.fullmatch(key.text):
                reader.report(key, Message("content.fix_check"))
            for platform, own in reader.fields(node, PLATFORMS, (), key.text).items():
                fixes[key.text, platform] = _read(reader, own, key.text, platform, role)
        mistakes += reader.mistakes
    if mistakes:
        raise ContentError(mistakes)
    return fixes


def _read(reader: Reader, node: Node, check: str, platform: str, role: str) -> Fix:
    what = f"{check}.{platform}"
    fields = reader.fields(node, _KEYS, (), what)
    for name in _LISTS:
        if name in fields:
            reader.texts(fields[name], f"{what}.{name}", least=1)
    for name in _FLAGS:
        reader.flag(fields.get(name), f"{what}.{name}", otherwise=False)
    for command in reader.items(fields.get("after"), f"{what}.after"):
        reader.items(command, f"{what}.after", least=1)
    partly = reader.translation(fields["partly"], f"{what}.partly") if "partly" in fields else None
    needs = reader.texts(fields.get("needs"), f"{what}.needs")
    opens = reader.texts(fields.get("opens"), f"{what}.opens")
    values = reader.texts(fields.get("values"), f"{what}.values")
    paths = [text for name in ("files", "attributes", "trees") for text in reader.texts(fields.get(name), what)]
    touches = find_touches(paths, fields.keys())
    guard = reader.flag(fields.get("guard"), f"{what}.guard", otherwise=False)
    manual = reader.translation(fields["manual"], f"{what}.manual") if "manual" in fields else None
    saved = [name for name in (*_LISTS, *_FLAGS, "after") if name in fields]
    if platform == "linux" and saved:
        reader.report(node, Message("content.fix_touches", keys=", ".join(saved)), what=what)
    if manual is not None and len(fields) > 1:
        reader.report(node, Message("content.fix_manual"), what=what)
    return Fix(check, platform, role, needs, partly, opens, values, touches, guard, manual)


def find_touches(paths: Iterable[str], kinds: Collection[str]) -> frozenset[str]:
    """Return what a fix may touch; see :class:`Fix`.

    Args:
        paths: Absolute paths, patterns and templates.
        kinds: The kinds of things that it declares, as keys of ``fixes.yml``.
    """
    declared = set(kinds)
    if not declared & {*_LISTS, *_FLAGS} or declared & {"packages", "set_uid"}:
        return frozenset({ANYTHING})
    found = {word for kind in kinds for word in _TOUCHES.get(kind, ())}
    for path in paths:
        plain = re.split(r"[*?\[{]", path)[0]
        found.add(ANYTHING if "{{" in path or "{%" in path or plain == "/" else plain.rstrip("/"))
    return frozenset(found)
