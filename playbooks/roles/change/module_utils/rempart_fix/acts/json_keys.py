"""Keys of a file in JSON that others write to as well: what they say stays."""

from typing import Any, List, Mapping

from ..contract import Act
from ..resolve.json_keys import apply_json
from ..sight import Sight
from .line import resolve_by


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, merge, create, …}``: an act on lines."""
    return resolve_by(apply_json, spec, sight)
