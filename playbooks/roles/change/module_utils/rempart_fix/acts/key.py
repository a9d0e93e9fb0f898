"""Settings by key: they are lines, so what is done and undone is an act of that kind."""

from typing import Any, List, Mapping

from ..contract import Act
from ..resolve.keys import apply_key
from ..sight import Sight
from .line import resolve_by


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, section, key, value, separator, …}``."""
    return resolve_by(apply_key, spec, sight)
