"""The time after which an idle shell ends: what the spec comes to are a script of ours and lines of others.

Spec: ``idle_shells: {most: SECONDS}``; see ``resolve/idle_shells``.
"""

import os
from typing import Any, List, Mapping

from ..contract import Act
from ..resolve import idle_shells
from ..sight import Sight
from . import file as files
from .line import resolve_by

_FOLDER = "/etc/profile.d"


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    check, most = spec["check"], int(spec["most"])
    scripts = [f"{_FOLDER}/{name}" for name in sight.names(_FOLDER) if name.endswith(".sh")]
    others = [
        path
        for path in scripts
        if not path.startswith(f"{_FOLDER}/zzz-rempart-")
        and os.path.isfile(sight.place.at(path))
        and not os.path.islink(sight.place.at(path))
    ]
    acts: List[Act] = []
    for path in (*idle_shells.FILES, *others):
        acts += resolve_by(idle_shells.take_looser, {"path": path, "most": most, "optional": True}, sight)
    own = "".join([f"# Rempart, {check}\n", *idle_shells.script(most)])
    dress = {"mode": "0644", "owner": "root", "group": "root"}
    acts += files.resolve(dict(dress, path=idle_shells.own_file(check), content=own), sight)
    for path in idle_shells.ZSH:
        one = {"path": path, "check": check, "most": most, "optional": True}
        acts += resolve_by(idle_shells.put_block, one, sight)
    return acts
