"""Arguments of PAM modules: what a spec comes to are lines of the files of services.

Spec: ``{path, module, types, drop, put, instead_of}``; ``path`` may be a pattern. Files that are links (authselect's)
are left: what makes them is a procedure of ``run``.
"""

import glob
import os
from typing import Any, List, Mapping

from ..contract import Act
from ..resolve.pam import apply_arguments
from ..sight import Sight
from .line import resolve_by


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    place = sight.place
    root = "" if place.root == "/" else place.root
    acts: List[Act] = []
    paths = sorted(path[len(root) :] for path in glob.glob(place.at(spec.get("path") or "/etc/pam.d/*")))
    sight.note("pattern " + str(spec.get("path")), paths)
    for path in paths:
        if not os.path.islink(place.at(path)) and os.path.isfile(place.at(path)):
            acts += resolve_by(apply_arguments, dict(spec, path=path), sight)
    return acts
