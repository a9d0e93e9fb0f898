"""What the sources of packages offer, fetched before it is asked what there is to do: a command that is run once.

Spec: ``{days: NUMBER}``, as old as the oldest list may be; ``{always: true}`` for whatever age.
"""

from typing import Any, List, Mapping

from ..contract import Act
from ..sight import Sight
from .command import make_acts


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    return make_acts("fetch_lists", spec, sight)
