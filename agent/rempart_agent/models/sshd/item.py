"""What the parts of the model hand to each other: lines with their scope, values with their place."""

from typing import Dict, List, NamedTuple, Tuple

from rempart_agent.models.sshd.criteria import Criterion

Scope = Tuple[Tuple[Criterion, ...], ...]
"""Match lines, one within another, that a line stands under."""


class Item(NamedTuple):
    """What one line sets."""

    scope: Scope
    option: str
    values: List[str]
    source: str
    line: int


class Setting(NamedTuple):
    """A value and where it stands; ``source`` is ``default`` where nothing says it."""

    value: str
    source: str
    line: int


Options = Dict[str, List[Setting]]
"""Options in force, each with its values."""
