"""The mask of new files: what the spec comes to are lines of others, a script of ours, and UMASK of login.defs.

Spec: ``umask: {masks: [...], csh: false}``; see ``resolve/umask``.
"""

import os
from typing import Any, List, Mapping

from ..contract import Act
from ..paths import find_real
from ..resolve import umask
from ..resolve.keys import apply_key
from ..resolve.pam import apply_arguments
from ..sight import Sight
from . import file as files
from .line import expand, resolve_by

_FOLDER = "/etc/profile.d"
_LOGIN_DEFS = "/etc/login.defs"
_DRESS = {"mode": "0644", "owner": "root", "group": "root"}


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    check, accepted = str(spec["check"]), [umask.three_digits(str(one)) for one in spec["masks"]]
    own = umask.own_file(check)
    scripts = [f"{_FOLDER}/{name}" for name in sight.names(_FOLDER) if name.endswith(".sh")]
    others = [*umask.SYSTEM, *umask.ROOT, *(umask.CSH if spec.get("csh") else ())]
    others += [path for path in scripts if path != own and _is_plain(path, sight)]
    mask = umask.choose(accepted, [_text(path, sight) for path in others] + [_begins(sight)])
    acts: List[Act] = []
    for path in others:
        one = {"path": path, "accepted": accepted, "mask": mask, "optional": True}
        acts += resolve_by(umask.take_open, one, sight)
    if not umask.sets_mask(_text("/etc/profile", sight).splitlines(), accepted):
        text = f"# Rempart, {check}\numask {mask}\n"
        acts += files.resolve(dict(_DRESS, path=own, content=text), sight)
    ends = [path for path in umask.SYSTEM if path != "/etc/profile"]
    if spec.get("csh"):
        ends.append(umask.CSH[0])
    for path in ends:
        one = {"path": path, "accepted": accepted, "mask": mask, "check": check, "optional": True}
        acts += resolve_by(umask.put_mask, one, sight)
    key = {"path": _LOGIN_DEFS, "key": "UMASK", "value": mask, "one_of": _spellings(accepted), "separator": " "}
    acts += resolve_by(apply_key, dict(key, create=True, **_DRESS), sight)
    for path in expand("/etc/pam.d/*", sight, links=False):
        acts += resolve_by(apply_arguments, _pam(path, accepted, mask), sight)
    return acts


def _pam(path: str, accepted: List[str], mask: str) -> Mapping[str, Any]:
    """Return what makes an argument of pam_umask that is not accepted ours: before UMASK it would count."""
    wrong = [f"{number:03o}" for number in range(0o1000) if f"{number:03o}" not in accepted]
    words = ["umask=" + one for one in _spellings(wrong)]
    return {"path": path, "module": "pam_umask[.]so", "types": ["session"], "put": f"umask={mask}", "instead_of": words}


def _spellings(masks: List[str]) -> List[str]:
    return [*masks, *("0" + mask for mask in masks), *(mask.lstrip("0") or "0" for mask in masks if mask[0] == "0")]


def _is_plain(path: str, sight: Sight) -> bool:
    return os.path.isfile(sight.place.at(path)) and not os.path.islink(sight.place.at(path))


def _text(path: str, sight: Sight) -> str:
    return (sight.read(find_real(sight.place, path)) or b"").decode("utf-8", "surrogateescape")


def _begins(sight: Sight) -> str:
    """Return UMASK of login.defs, written as a shell would: a session begins with it."""
    words = [line.split() for line in _text(_LOGIN_DEFS, sight).splitlines()]
    values = [one[1] for one in words if len(one) > 1 and one[0] == "UMASK"]
    return f"umask {values[-1]}\n" if values else ""
