"""A folder that is made; at an undo it goes only where nothing lies in it."""

import errno
import os
import stat
from typing import Any, List, Mapping

from .. import calls
from ..calls import ABSENT
from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..owners import dress_spec
from ..paths import explain, find_real, open_folder
from ..place import Place
from ..sight import Sight


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, mode, owner, group}``; folders above it that are missing are made too."""
    path = find_real(sight.place, spec["path"])
    acts: List[Act] = []
    missing = []
    while path != "/" and not sight.planned("folder", path):
        try:
            found = os.lstat(sight.place.at(path))
        except FileNotFoundError:
            missing.append(path)
            path = os.path.dirname(path)
            continue
        if not stat.S_ISDIR(found.st_mode):
            raise Refusal(f"{path} is no folder", f"{path} n’est pas un dossier")
        break
    for number, one in enumerate(reversed(missing), 1):
        given = spec if number == len(missing) else {}
        after = dress_spec(dict({"mode": "0755"}, **given), ABSENT, sight)
        after["type"] = "folder"
        sight.note("folder " + one, None)
        sight.plan("folder", one, after)
        acts.append({"kind": "folder", "target": one, "before": ABSENT, "after": after})
    return acts


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    path, after = act["target"], act["after"]
    try:
        parent = open_folder(place, os.path.dirname(path))
    except OSError as error:
        raise explain(error, path) from error
    try:
        calls.make_folder(parent, os.path.basename(path), after)
    except FileExistsError as error:
        raise Moved(f"{path} was made by somebody else", f"{path} a été créé par quelqu’un d’autre") from error
    except OSError as error:
        raise explain(error, path) from error
    finally:
        os.close(parent)
    return act


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    kind = calls.see_type_of(place.at(act["target"]))
    return {"absent": "before", "folder": "after"}.get(kind, "moved")


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    path = act["target"]
    if look(act, place) == "before":
        return BACK
    stays = Undone("stays", ("others' files lie in it", "des fichiers d’autrui s’y trouvent"), f"ls -la {path}")
    if dry:
        there = {os.path.join(path, name) for name in os.listdir(place.at(path))}
        there |= {
            one for one, state in place.pretended.items() if os.path.dirname(one) == path and state["type"] != "absent"
        }
        if there - place.gone:
            return stays
        place.gone.add(path)
        return BACK
    try:
        parent = open_folder(place, os.path.dirname(path))
    except (FileNotFoundError, Moved):
        return Undone("moved", ("it is no longer there", "il n’est plus là"))
    try:
        os.rmdir(os.path.basename(path), dir_fd=parent)
        os.fsync(parent)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return stays
        return Undone("moved", explain(error, path).text, f"rmdir {path}")
    finally:
        os.close(parent)
    return BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return "void" if look(act, place) == "before" else "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(act["target"], "", f"folder, mode {act['after']['mode']:04o}\n")
