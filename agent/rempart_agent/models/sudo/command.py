"""Whether a command is the one that sudoers names: paths by what they lead to, globs, folders, expressions, arguments.

As match_command.c of sudo 1.9.16. Programs are told apart by device and inode, and by the real path of their folder.
"""

from typing import FrozenSet, List, NamedTuple

from rempart_agent.models.sudo import pattern
from rempart_agent.models.sudo.parser import Member
from rempart_agent.models.sudo.world import World

YES: FrozenSet[bool] = frozenset((True,))
NO: FrozenSet[bool] = frozenset((False,))
MAYBE: FrozenSet[bool] = frozenset((True, False))
MAX_FOLDERS = 2000


class Probe(NamedTuple):
    """A command that is asked for: its path and its arguments, ``""`` for none."""

    path: str
    arguments: str = ""


def matches(member: Member, probe: Probe, world: World, elsewhere: bool, fast_glob: bool) -> FrozenSet[bool]:
    """Tell whether a command of sudoers is the one that is asked for: yes, no, or both where that is not known.

    Args:
        member: What sudoers names.
        probe: What is asked for.
        world: Accounts, groups, names and files of the machine.
        elsewhere: Whether it is looked up in another root, or after sudo has done so.
        fast_glob: Whether patterns are matched without a look at the files (``Defaults fast_glob``).
    """
    if elsewhere:
        return MAYBE
    if member.kind == "ALL":
        return MAYBE if member.digest else YES
    try:
        found = _command(member.name, probe, world, fast_glob) and _arguments(member, probe)
    except pattern.Unknown:
        return MAYBE
    if found and member.digest:
        return MAYBE
    return YES if found else NO


def _command(name: str, probe: Probe, world: World, fast_glob: bool) -> bool:
    if name.startswith("^"):
        compiled = pattern.expression(name)
        return any(compiled.match(path) for path in _spellings(probe, world))
    if not name.startswith("/"):
        return name == probe.path
    if not probe.path.startswith("/"):
        return False
    folder, _, base = probe.path.rpartition("/")
    if pattern.META.search(name):
        if fast_glob:
            return world.identity(probe.path) is not None and any(
                pattern.matches(name, path, path=True) for path in _spellings(probe, world)
            )
        return _glob(name, folder, base, world)
    if name.endswith("/"):
        return _same_folder(name, folder, world) and world.identity(probe.path) is not None
    named, _, last = name.rpartition("/")
    if last != base or not _same_folder(named, folder, world):
        return False
    theirs, ours = world.identity(name), world.identity(probe.path)
    return theirs == ours if theirs is not None and ours is not None else name == probe.path


def _spellings(probe: Probe, world: World) -> List[str]:
    """Return the path as asked for, and with its folder's links resolved."""
    folder, _, base = probe.path.rpartition("/")
    real = world.resolve(folder or "/") if world.identity(probe.path) is not None else None
    return [probe.path] if real is None else [probe.path, real.rstrip("/") + "/" + base]


def _same_folder(named: str, folder: str, world: World) -> bool:
    ours = world.resolve(folder or "/")
    theirs = world.resolve(named or "/")
    return ours is None or theirs is None or ours == theirs


def _glob(name: str, folder: str, base: str, world: World) -> bool:
    if world.identity(folder + "/" + base) is None:
        return False
    named, _, last = name.rpartition("/")
    if last and not _hidden(last, base) and not pattern.matches(last, base):
        return False
    if last and _hidden(last, base):
        return False
    ours = world.resolve(folder or "/")
    return any(world.resolve(found or "/") == ours for found in folders(named, world))


def _hidden(glob: str, name: str) -> bool:
    """Tell whether a name begins with a dot that no pattern stands for (glob(3))."""
    return name.startswith(".") and not glob.startswith((".", "\\."))


def folders(glob: str, world: World) -> List[str]:
    """Return the folders that a glob stands for; raises Unknown where they are too many.

    Args:
        glob: The pattern.
        world: Accounts, groups, names and files of the machine.
    """
    found = [""]
    for part in glob.split("/")[1:]:
        if not pattern.META.search(part):
            found = [path + "/" + part for path in found]
            continue
        found = [
            path + "/" + name
            for path in found
            for name in world.names(path or "/")
            if not _hidden(part, name) and pattern.matches(part, name)
        ]
        if len(found) > MAX_FOLDERS:
            raise pattern.Unknown("a pattern that stands for more than {max_folders} folders", max_folders=MAX_FOLDERS)
    return [path for path in found if world.resolve(path or "/") is not None]


def _arguments(member: Member, probe: Probe) -> bool:
    wanted = member.arguments
    if wanted is None:
        return True
    if wanted == '""':
        return not probe.arguments
    if wanted.startswith("^") and wanted.endswith("$"):
        return pattern.expression(wanted).match(probe.arguments) is not None
    return pattern.matches(wanted, probe.arguments, path=member.name == "sudoedit")
