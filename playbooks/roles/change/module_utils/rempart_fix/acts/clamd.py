"""Settings of clamd that let malware go unseen: what a spec comes to are lines of its files, and their modes.

Spec: ``{guarded: [PLACES], allowed: [VALUES]}``; see ``resolve/clamd``. Only root may change what stays.
"""

from typing import Any, List, Mapping

from ..contract import Act
from ..resolve.clamd import apply_sight, is_of_clamd
from ..sight import Sight
from ..texts import split
from . import mode
from .line import expand, resolve_by

_FILES = ("/etc/clamav/clamd.conf", "/etc/clamd.conf", "/usr/local/etc/clamd.conf", "/etc/clamd.d/*.conf")


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    acts: List[Act] = []
    for path in dict.fromkeys(path for pattern in _FILES for path in expand(pattern, sight)):
        if is_of_clamd(split(sight.read(path) or b"")):
            acts += resolve_by(apply_sight, dict(spec, path=path, optional=True), sight)
            acts += mode.resolve({"path": path, "owner": "root", "mode": "go-w"}, sight)
    return acts
