"""Plain data as JSON has it (RFC 8259): what is only written, and what comes in and has yet to prove its shape.

Where the shape is known, a named tuple, a dataclass or a typed dictionary says it instead.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""A value. A text is a sequence too: who takes a list of one asks whether it is a ``list``."""

JsonObject: TypeAlias = Mapping[str, Json]
"""An object."""
