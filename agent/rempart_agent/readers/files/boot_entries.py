"""What a machine may start, by the files of its boot loaders, and what it will write into new entries."""

import posixpath
import re
import stat
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.grub import menu
from rempart_agent.models.grub.menu import Argument, Menu
from rempart_agent.models.grub.script import Part, Refused, Word
from rempart_agent.readers.files import tree
from rempart_agent.said import Why
from rempart_agent.source.contract import Loop, Malformed, Missing
from rempart_agent.source.target import Target

_GRUB = ("/boot/grub/grub.cfg", "/boot/grub2/grub.cfg")
_EFI = ("/boot/efi", "/efi", "/boot")
_EXTLINUX = ("/boot/extlinux/extlinux.conf", "/boot/syslinux/syslinux.cfg", "/boot/syslinux/extlinux.conf")
_DEFAULTS = "/etc/default/grub"
_LEFT = re.compile(r"\.dpkg-|\.rpm(?:save|new|orig)$")
"""What package managers leave beside a script."""


class Boot(NamedTuple):
    """One way in which the machine may start.

    Attributes:
        kind: ``grub``, ``bls``, ``image``, ``default`` (what new entries get) or ``running``.
        path: The file that says it.
        line: The line, 0 for none.
        entry: Its title.
        kernel: The file of the kernel.
        arguments: Its command line.
        why: Why the command line is not known.
    """

    kind: str
    path: str
    line: int
    entry: str
    kernel: str
    arguments: Sequence[Argument]
    why: str


class Loader(NamedTuple):
    """A configuration file of GRUB with what lies beside it.

    Attributes:
        path: The file.
        menu: What it says.
        beside: ``custom.cfg``, where it is there.
        environment: The variables of ``grubenv``.
    """

    path: str
    menu: Menu
    beside: Optional[Menu]
    environment: Dict[str, str]


def loaders(target: Target) -> List[Loader]:
    """Return the configurations of GRUB; raises ``SourceError`` where one can't be read or is cut off."""
    found: List[Loader] = target.shared("configurations of GRUB", lambda: _loaders(target))
    return found


def _loaders(target: Target) -> List[Loader]:
    paths = [path for path in _GRUB if target.exists(path)]
    for efi in _EFI:
        paths += target.glob(efi + "/EFI/*/grub.cfg")
    sections = _sections(target)
    found: Dict[str, Loader] = {}
    for path in paths:
        real = target.realpath(path)
        if real in found:
            continue
        folder = posixpath.dirname(path)
        environment = read_environment(_text(target, folder + "/grubenv"))
        try:
            main = menu.read(target.text(path), environment, sections)
            custom = _text(target, folder + "/custom.cfg")
            beside = None if custom is None else menu.read(custom, environment)
        except Refused as error:
            raise Malformed("{path}: {why}", path=path, why=error) from error
        found[real] = Loader(path, main, beside, environment)
    return list(found.values())


def _sections(target: Target) -> List[str]:
    """Return the scripts of /etc/grub.d that grub-mkconfig runs: executable files, no copies of editors."""
    try:
        held = target.statuses("/etc/grub.d")
    except Missing:
        return []
    names = [
        name
        for name, _, status in held
        if status is not None and stat.S_ISREG(status.st_mode) and status.st_mode & 0o111 and name[0] not in "#."
    ]
    return ["/etc/grub.d/" + name for name in names if "~" not in name and not _LEFT.search(name)]


def _text(target: Target, path: str) -> Optional[str]:
    try:
        return target.text(path)
    except Missing:
        return None


def read_environment(text: Optional[str]) -> Dict[str, str]:
    r"""Return the variables of a ``grubenv`` (util/grub-editenv.c): lines up to the filling of ``#``.

    Args:
        text: The file; None for none.

    """
    if not text or not text.startswith("# GRUB Environment Block\n"):
        return {}  # GRUB ignores it, too
    found = {}
    for line in text.split("\n")[1:]:
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key] = value.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
    return found


def read(target: Target) -> List[Boot]:
    """Return all ways in which a machine may start, the one in which it runs, and what new entries will get.

    Raises:
        Missing: no boot loader is there whose files are known.
    """
    found: List[Boot] = target.shared("boot entries", lambda: _read(target))
    return found


def _read(target: Target) -> List[Boot]:
    found: List[Boot] = []
    known = loaders(target)
    blocks = [one for one in known if one.menu.loads]
    for one in known:
        for path, what in ((one.path, one.menu), (posixpath.dirname(one.path) + "/custom.cfg", one.beside)):
            if what is None:
                continue
            found += [Boot("grub", path, e.line, e.title, e.kernel, e.arguments, e.why) for e in what.entries]
            found += [
                Boot("grub", path, 0, other, "", (), Why("what {name} reads is not followed", name=other))
                for other in what.strange
            ]
    found += _loader_entries(target, blocks)
    found += _images(target)
    if not found:
        raise Missing("no boot entries are there: neither GRUB's nor those of the Boot Loader Specification")
    if any(not one.menu.stub for one in known):
        found += _defaults(target)
    if target.live:
        words = target.text("/proc/cmdline").split()
        found.append(Boot("running", "/proc/cmdline", 0, "", "", [Argument(word, True) for word in words], ""))
    return found


def _loader_entries(target: Target, blocks: Sequence[Loader]) -> List[Boot]:
    """Return the entries of the Boot Loader Specification; GRUB puts in the variables of its environment."""
    found: List[Boot] = []
    for folder in dict.fromkeys(efi + "/loader/entries" for efi in ("/boot", "/boot/efi", "/efi")):
        paths = target.glob(folder + "/*.conf")
        found += [_loader_entry(target, path, blocks[0] if blocks else None) for path in paths]
    if blocks and not found:
        why = Why("GRUB loads entries from /boot/loader/entries, and none is there")
        found.append(Boot("bls", blocks[0].path, 0, "blscfg", "", (), why))
    return found


def _loader_entry(target: Target, path: str, loader: Optional[Loader]) -> Boot:
    text = target.text(path)
    title, kernel, line, options = posixpath.basename(path), "", 0, []
    for number, raw in enumerate(text.split("\n"), 1):
        key, _, value = raw.strip().replace("\t", " ").partition(" ")
        value = value.strip()
        if key == "title":
            title = value
        elif key in ("linux", "efi", "uki"):
            kernel = value
        elif key == "options":
            options += value.split()
            line = number
    why = ""
    if text and not text.endswith("\n"):
        why = Why("the file is cut off: its last line has no end")
    elif not kernel:
        why = Why("the entry names no kernel")
    elif not options:
        why = Why("the entry has no options of its own")
    if loader is None:
        return Boot("bls", path, line, title, kernel, [Argument(word, True) for word in options], why)
    commands = (*loader.menu.commands, *(loader.beside.commands if loader.beside else ()))
    arguments = menu.expand([_word(option) for option in options], commands, loader.environment)
    return Boot("bls", path, line, title, kernel, arguments, why)


def _word(text: str) -> Word:
    name = text[2:-1] if text.startswith("${") and text.endswith("}") else text[1:] if text.startswith("$") else ""
    return (Part(name or text, bool(name), False),)


def _images(target: Target) -> List[Boot]:
    """Return what starts a kernel by a file that is not read."""
    unread = Why("the command line in a unified image is not read")
    other = Why("the configuration of this boot loader is not read")
    paths = [path for efi in _EFI for path in target.glob(efi + "/EFI/Linux/*.efi")]
    found = [Boot("image", path, 0, "", path, (), unread) for path in paths]
    return found + [Boot("image", path, 0, "", "", (), other) for path in _EXTLINUX if target.exists(path)]


def _defaults(target: Target) -> List[Boot]:
    """Return what grub-mkconfig writes into new entries: of the normal ones, and of those for recovery."""
    values = _settings(target)
    found = []
    ways: List[Tuple[str, ...]] = [("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT")]
    recovery, why = values["GRUB_DISABLE_RECOVERY"]
    if recovery != "true" or why:
        ways.append(("GRUB_CMDLINE_LINUX",))
    for names in ways:
        doubt = next((values[name][1] for name in names if values[name][1]), "")
        words = [word for name in names for word in (values[name][0] or "").split()]
        arguments = [Argument(word, not any(sign in word for sign in "$\\'\"`")) for word in words]
        found.append(Boot("default", _DEFAULTS, 0, " + ".join(names), "", arguments, doubt))
    return found


_NAMES = ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT", "GRUB_DISABLE_RECOVERY")
_SCRIPT = """if [ -f /etc/default/grub ]; then
. /etc/default/grub
fi
"""
_SCRIPT_DEBIAN = """for rempart_file in /etc/default/grub.d/*.cfg; do
if [ -e "$rempart_file" ]; then
. "$rempart_file"
fi
done
"""


def _settings(target: Target) -> Dict[str, Tuple[str, str]]:
    """Run what grub-mkconfig sources, on values that may be unknown: each setting, and why it is not known."""
    from rempart_agent.models.shell.execute import FAULT, GO, Shell, World
    from rempart_agent.models.shell.state import State, Unknown, joined

    def kind(path: str) -> Optional[str]:
        try:
            mode = target.stat(path).st_mode
        except (Missing, Loop):
            return None
        return "file" if stat.S_ISREG(mode) else "directory" if stat.S_ISDIR(mode) else "other"

    world = World(lambda path: _text(target, path), kind, lambda path: tree.names(target, path), lambda _: True)
    shell = Shell("dash", "root", 0, world)
    state = State()
    state.values.update(dict.fromkeys(_NAMES))
    debian = not target.exists("/usr/sbin/grub2-mkconfig")
    ways = shell.text(_SCRIPT + (_SCRIPT_DEBIAN if debian else ""), state)
    ends = [ways[signal][0] for signal in (GO, FAULT) if signal in ways]
    unclear = Why("what /etc/default/grub sets can't be told")
    if shell.strange or not ends or len(ways) > len(ends):
        return dict.fromkeys(_NAMES, ("", shell.strange or unclear))
    end = joined(ends, "a condition")
    found = {}
    for name in _NAMES:
        value = end.get(name)
        found[name] = ("", value.why or unclear) if isinstance(value, Unknown) else (value or "", "")
    return found
