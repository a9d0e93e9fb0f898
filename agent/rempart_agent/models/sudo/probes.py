"""The commands that are asked for: those that rules name, instances of patterns, and names that no rule knows."""

import re
from typing import Callable, Dict, Hashable, Iterator, List, Optional

from rempart_agent.models.sudo import command, pattern, root_equivalents
from rempart_agent.models.sudo.command import Probe
from rempart_agent.models.sudo.parser import Member, Policy
from rempart_agent.models.sudo.world import World

FRESH = "/rempart-fresh"
"""A program that no rule names: only a rule for everything allows it."""
FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin")
MAX_PROBES = 2000
MAX_FOLDERS = 20


def with_fresh(identity: Callable[[str], Optional[Hashable]]) -> Callable[[str], Optional[Hashable]]:
    """Return an identity in which a file of the name of FRESH is in every folder: who may write there puts it there."""
    return lambda path: ("fresh", path) if path.endswith(FRESH) and path != FRESH else identity(path)


def probes(policy: Policy, world: World) -> List[Probe]:
    """Return the commands to ask for.

    Args:
        policy: What sudoers says.
        world: Accounts, groups, names and files of the machine.
    """
    found: Dict[Probe, None] = {Probe(FRESH): None}
    for member in _commands(policy):
        for path in _paths(member, world):
            for arguments in _arguments(member):
                found[Probe(path, arguments)] = None
        if len(found) > MAX_PROBES:
            break
    return list(found)


def _commands(policy: Policy) -> Iterator[Member]:
    lists = [members for (kind, _), members in policy.aliases.items() if kind == "C"]
    lists += [(spec.command,) for rule in policy.rules for spec in rule.specs]
    lists += [default.members for default in policy.defaults if default.scope == "!"]
    seen = set()
    for members in lists:
        for member in members:
            key = (member.name, member.arguments)
            if member.kind == "COMMAND" and member.name != "list" and key not in seen:
                seen.add(key)
                yield member


def _paths(member: Member, world: World) -> Iterator[str]:
    name = member.name
    if name.startswith("^"):
        yield from _of_expression(name, world)
    elif name.endswith("/") and not pattern.META.search(name):
        yield from _of_folder(name.rstrip("/"), "*", world)
    elif pattern.META.search(name):
        folder, _, last = name.rpartition("/")
        try:
            for found in command.folders(folder, world)[:MAX_FOLDERS]:
                yield from _of_folder(found, last or "*", world)
                yield found + "/" + instance(last)
        except pattern.Unknown:
            yield instance(name)
    else:
        yield name


def _of_folder(folder: str, glob: str, world: World) -> Iterator[str]:
    """Yield programs of a folder: those that give root, those that are there first, and one that may be put there."""
    plain = 0
    yield folder + FRESH
    for name in world.names(folder or "/"):
        if not pattern.matches(glob, name):
            continue
        if kind(folder + "/" + name, world) is None:
            plain += 1
            if plain > 50:
                continue
        yield folder + "/" + name


def _of_expression(text: str, world: World) -> Iterator[str]:
    try:
        compiled = pattern.expression(text)
    except pattern.Unknown:
        yield re.sub(r"[\^$\\()*+?|\[\]{}]", "", text) or "/"
        return
    for folder in (*FOLDERS, "/tmp", "/home"):  # noqa: S108 - names to match, nothing is written there
        for name in world.names(folder):
            if compiled.match(folder + "/" + name):
                yield folder + "/" + name
        if compiled.match(folder + FRESH):
            yield folder + FRESH


def _arguments(member: Member) -> List[str]:
    wanted = member.arguments
    if wanted is None:
        return [""]
    if wanted == '""':
        return [""]
    if wanted.startswith("^") and wanted.endswith("$"):
        tries = ["", "x", "1", "-x", "a b", re.sub(r"[\^$\\]|\([^)]*\)|\[[^]]*\]|[*+?]|\{[^}]*\}", "", wanted)]
        try:
            compiled = pattern.expression(wanted)
        except pattern.Unknown:
            return [tries[-1]]
        return [text for text in tries if compiled.match(text)] or [tries[-1]]
    return [instance(wanted)]


def instance(glob: str) -> str:
    """Return a text that a glob matches: a star as ``x``, a set by its first character."""
    text = re.sub(r"(?<!\\)\[([!^]?)(\[:\w+:\]|\\?.)[^]]*\]", lambda m: "_" if m.group(1) else _first(m.group(2)), glob)
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)[*?]", "x", text))


def _first(text: str) -> str:
    return {"[:digit:]": "1", "[:upper:]": "A", "[:space:]": " "}.get(text, "a" if text.startswith("[:") else text[-1])


def kind(path: str, world: World) -> Optional[str]:
    """Return what kind of root's equal a program is, by its name and by the file that it leads to.

    Args:
        path: Of the program.
        world: Accounts, groups, names and files of the machine.
    """
    found = root_equivalents.kind(path.rpartition("/")[2])
    if found is not None:
        return found
    real = world.resolve(path)
    return root_equivalents.kind(real.rpartition("/")[2]) if real else None
