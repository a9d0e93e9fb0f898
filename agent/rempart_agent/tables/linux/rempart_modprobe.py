"""Table rempart_modprobe: whether modules of the kernel can be loaded, and what modprobe makes of them.

Sources are the files of modprobe.d(5) in all folders, as libkmod reads them (``rempart_agent.models.modprobe``);
``modules.dep``, ``modules.builtin`` and ``modules.softdep`` of each kernel in ``/usr/lib/modules`` and
``/lib/modules``; ``/proc/modules`` of a running machine.

One row for each module that a statement names in ``module``, and else for each that a rule of modprobe.d names.

* ``available`` is 1 where a kernel has the module, in ``kernels``; ``builtin`` where it is part of one. Both are NULL,
  with ``why``, where no kernel has it and the lists of one can't be seen.
* ``loaded`` is 0 where nothing runs.
* ``blocked`` is 1 where modprobe runs ``install``, which loads nothing. A line of soft dependencies overrules it.
* ``blacklisted`` alone stops the aliases of a module, not a modprobe by its name.

What ``insmod`` loads, and rules on the command line of the kernel, are not looked at.
"""

import posixpath
import stat
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional

from rempart_agent.models import modprobe
from rempart_agent.models.modprobe import Rule
from rempart_agent.readers.files import tree
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row, Unfit
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("module", TEXT, index=True, argument=True),
    Column("available", INTEGER),
    Column("builtin", INTEGER),
    Column("kernels", TEXT),
    Column("loaded", INTEGER),
    Column("blocked", INTEGER),
    Column("install", TEXT),
    Column("blacklisted", INTEGER),
    Column("softdep", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
)

_MODULES = ("/usr/lib/modules", "/lib/modules")
_PART = ("modules.dep", "modules.builtin", "modules.order", "kernel")
"""What a folder of a kernel's modules holds; one that holds none of it is left of a kernel that is gone."""
_SPELT = 4096
"""Of a name with hyphens or underscores, how many spellings are looked for; 2 for each of them."""


class Kernel(NamedTuple):
    """One kernel with the texts of ``modules.dep`` and ``modules.builtin``; None where one can't be seen whole."""

    release: str
    loadable: Optional[str]
    builtin: Optional[str]


def names(text: Optional[str], module: str) -> bool:
    """Tell whether a list of depmod has a module (``kernel/fs/hfs/hfs.ko.xz: …``, ``kernel/fs/ext4/ext4.ko``).

    Args:
        text: The list; None has none.
        module: Its name, with hyphens or underscores.
    """
    if not text:
        return False
    parts = module.replace("-", "_").split("_")
    spelt = [parts[0]]
    for part in parts[1:]:
        spelt = [one + mark + part for one in spelt for mark in "-_"][:_SPELT]
    return any(
        "/{}.ko".format(one) in text or text.startswith(one + ".ko") or "\n{}.ko".format(one) in text for one in spelt
    )


class _World(NamedTuple):
    rules: List[Rule]
    kernels: List[Kernel]
    loaded: FrozenSet[str]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each module that is asked for."""
    world = target.shared("modules of the kernel", lambda: _read(target))
    asked = query.equal("module")
    if asked is None:
        asked = sorted({rule.module for rule in world.rules if rule.kind != "softdep"})
    for module in asked:
        yield _row(module, world)


def _row(module: str, world: _World) -> Row:
    name = module.replace("-", "_")
    verdict = modprobe.judge(module, world.rules)
    by = verdict.softdep or verdict.install or verdict.blacklist
    unseen = [one.release for one in world.kernels if one.loadable is None or one.builtin is None]
    known = bool(world.kernels) and not unseen
    has = [one.release for one in world.kernels if names(one.loadable, name) or names(one.builtin, name)]
    builtin = any(names(one.builtin, name) for one in world.kernels)
    why = ""
    if not world.kernels:
        why = Why("no kernel has its modules there")
    elif unseen:
        why = Why("the lists of modules of {kernel} can't be seen", kernel=unseen[0])
    return {
        "module": module,
        "available": 1 if has else 0 if known else None,
        "builtin": 1 if builtin else 0 if known else None,
        "kernels": ", ".join(has),
        "loaded": int(name in world.loaded),
        "blocked": int(verdict.blocked),
        "install": verdict.install.rest if verdict.install else "",
        "blacklisted": int(verdict.blacklist is not None),
        "softdep": verdict.softdep.rest if verdict.softdep else "",
        "source": by.source if by else "",
        "line": by.line if by else None,
        "why": why,
    }


def _read(target: Target) -> _World:
    from rempart_agent.tables.linux import kernel_modules

    kernels = _kernels(target)
    rules: List[Rule] = []
    for path in modprobe.order([(folder, tree.names(target, folder)) for folder in modprobe.FOLDERS]):
        rules += _rules(target, path)
    for folder in _MODULES:
        for release in tree.names(target, folder):
            path = posixpath.join(folder, release, "modules.softdep")
            rules += _rules(target, path) if target.exists(path) else []
    loaded: FrozenSet[str] = frozenset()
    if target.live:
        loaded = frozenset(str(row["name"]) for row in kernel_modules.rows(target, Query()))
    return _World(rules, kernels, loaded)


def _rules(target: Target, path: str) -> List[Rule]:
    try:
        return modprobe.parse(target.text(path), path)
    except Missing:  # a link to nothing: modprobe goes on
        return []
    except Unfit:
        if target.realpath(path) == "/dev/null" or stat.S_ISDIR(target.stat(path).st_mode):
            return []
        raise


def _kernels(target: Target) -> List[Kernel]:
    """Return the kernels that have modules, and the one that runs."""
    found: Dict[str, Kernel] = {}
    for folder in _MODULES:
        for release in tree.names(target, folder):
            held = tree.names(target, posixpath.join(folder, release))
            if any(name in held for name in _PART) and release not in found:
                lists = [
                    _list(target, posixpath.join(folder, release, name)) for name in ("modules.dep", "modules.builtin")
                ]
                found[release] = Kernel(release, lists[0], lists[1])
    if target.live:
        release = target.text("/proc/sys/kernel/osrelease").strip()
        found.setdefault(release, Kernel(release, None, None))
    return [found[release] for release in sorted(found)]


def _list(target: Target, path: str) -> Optional[str]:
    try:
        text = target.text(path)
    except Missing:
        return None
    return text if text.endswith("\n") else None  # else empty, or cut off
