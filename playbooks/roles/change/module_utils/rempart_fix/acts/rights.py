"""Rights of what is found anywhere, or in the homes of people, by a rule: each finding is a careful act on its mode.

Spec: ``{rule, …}``; see ``resolve/rights`` and ``resolve/homes``.
"""

from typing import Any, Dict, List, Mapping

from ..contract import Act, Refusal
from ..paths import printable
from ..resolve.homes import RULES as IN_HOMES
from ..resolve.rights import RULES as ANYWHERE
from ..sight import Sight
from . import mode

MOST = 20_000
"""How many files and folders one fix changes; the walk of an audit tells no more either."""


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve.

    Raises:
        Refusal: The walk met a bound, or there are more than ``MOST``.
    """
    rule = {**ANYWHERE, **IN_HOMES}[spec["rule"]]
    acts: List[Act] = []
    for path, wish in rule(spec, sight):
        acts += mode.resolve_one(path, wish, sight, careful=True)
        if len(acts) > MOST:
            raise _too_many(acts)
    return sorted(acts, key=lambda act: str(act["target"]))  # folders give their entries in an order of their own


def _too_many(acts: List[Act]) -> Refusal:
    folders: Dict[str, int] = {}
    for act in acts:
        top = "/".join(act["target"].split("/")[:4])
        folders[top] = folders.get(top, 0) + 1
    count, where = max((number, name) for name, number in folders.items())
    return Refusal(
        f"more than {MOST} files and folders are concerned, {count} of the first of them in {printable(where)}:"
        " change these by hand first",
        f"plus de {MOST} fichiers et dossiers sont concernés, dont {count} des premiers dans {printable(where)}\u00a0:"
        " changez-les d’abord à la main",
    )
