"""A database of dconf that is made of key files, which several may write.

Spec: ``{database: NAME}``, beside the key files in ``/etc/dconf/db/NAME.d`` and the effect ``load: dconf``, which
compiles them. The act holds what the database was before, and the key files that lay there. At an undo the key
files are back already: where they are those of before, the database is as it was; where others have written some since,
it is compiled of these.
"""

import hashlib
import os
import re
from typing import Any, Dict, List, Mapping

from .. import exchange
from ..calls import ABSENT
from ..contract import BACK, Act, Refusal, Show, Undone
from ..fields import differ
from ..place import Place
from ..sight import Sight
from . import file as files

FOLDER = "/etc/dconf/db"
_PROGRAM = "/usr/bin/dconf"


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. A database that is made of the key files that lie there can be made of them again: no act."""
    name = str(spec["database"])
    if not re.match(r"[A-Za-z0-9_-]+\Z", name):
        raise Refusal(f"{name!r} is no name of a database", f"{name!r} n’est pas un nom de base")
    path = f"{FOLDER}/{name}"
    now = files.see(sight, path)
    if now["type"] not in ("absent", "file"):
        raise Refusal(f"{path} is no plain file", f"{path} n’est pas un fichier ordinaire")
    others = _see_key_files(path, sight.place)
    sight.note("key files " + path, others)
    made = now["type"] == "file" and others and _can_compile(sight.place) and not _is_older(path, sight.place)
    if made or sight.planned("dconf", path):
        return []
    sight.plan("dconf", path, after=True)
    return [{"kind": "dconf", "target": path, "before": now, "after": {"type": "compiled"}, "others": others}]


def find_key_files(path: str, place: Place) -> List[str]:
    """Return the key files and locks that a database is made of, without those that an undo has taken away."""
    found = []
    for folder in (path + ".d", path + ".d/locks"):
        top = place.at(folder)
        names = sorted(os.listdir(top)) if os.path.isdir(top) else []
        found += [f"{folder}/{name}" for name in names if os.path.isfile(os.path.join(top, name))]
    return [one for one in found if one not in place.gone]


def _see_key_files(path: str, place: Place) -> Dict[str, str]:
    """Return the key files and locks of a database, each with its digest."""
    found = {}
    for name in find_key_files(path, place):
        with open(place.at(name), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def _is_older(path: str, place: Place) -> bool:
    """Tell whether a database is older than a key file of its: it holds something else than these say."""
    made = os.stat(place.at(path)).st_mtime
    return any(os.stat(place.at(name)).st_mtime > made for name in find_key_files(path, place))


def _can_compile(place: Place) -> bool:
    return os.path.exists(place.at(_PROGRAM))


def do(act: Act, place: Place) -> Act:
    """See Kind.do. The effect compiles it, once the key files lie there."""
    return act


def look(act: Act, place: Place) -> str:
    """See Kind.look. What is in it is what the key files say."""
    kind = exchange.look(place, act["target"])["type"]
    return {"file": "after", "absent": "before"}.get(kind, "moved")


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    path, before = act["target"], act["before"]
    now = exchange.look(place, path)
    if now["type"] not in ("absent", "file"):
        why = ("it is no plain file now", "ce n’est plus un fichier ordinaire")
        return Undone("moved", why, files.by_hand(act, place))
    there = _see_key_files(path, place)
    if there and there != act.get("others"):
        return _compile(place, dry=dry)
    if there and not dry:
        place.restored.add(path)
    if now["type"] == before["type"] and not differ(now, before):
        return BACK
    if before["type"] == "absent":
        place.gone.add(path)
    if not dry:
        data = place.read(before["sha256"]) if before["type"] == "file" else b""
        exchange.change(place, path, now, before if data else ABSENT, data, aside=force)
    return BACK


def _compile(place: Place, *, dry: bool) -> Undone:
    """Have the database made of others' key files alone, as long as the program is there."""
    if not _can_compile(place):
        why = ("others' key files lie there, and dconf does not", "des fichiers d’autrui s’y trouvent, mais pas dconf")
        return Undone("stays", why, "dconf update")
    status, said = (0, "") if dry else place.run(["dconf", "update"], 60)
    return Undone("stays", (said[-300:], said[-300:]), "dconf update") if status else BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle. What it was before is known either way."""
    return "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(act["target"], "", f"compiled from {act['target']}.d\n")
