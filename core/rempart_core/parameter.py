"""Parameters: typed values that SQL names as ``:name``. Design section 3.

A value is never pasted as text: :func:`render` turns it into SQL from its declared type, whatever it holds.
"""

from typing import Any, NamedTuple

from rempart_core.text import Text

TYPES = ("integer", "text", "list", "rows")


class Parameter(NamedTuple):
    """One declared parameter of a check.

    Attributes:
        name: ``[a-z][a-z0-9_]*``, as SQL names it behind a colon.
        type: ``integer``, ``text``, ``list`` (of texts or integers) or ``rows`` (a list of rows of such values).
        default: The value where nobody gives one.
        min: The least integer allowed; None where there is no bound.
        max: The greatest integer allowed.
        unit: ``days``, ``seconds`` … for the reader.
        title: What it sets.
        columns: For ``rows``: the names of a row's values, which fix their number.
        choices: The values allowed, or empty for any (for a list: of each of its values).
    """

    name: str
    type: str
    default: Any
    title: Text
    min: int | None = None
    max: int | None = None
    unit: str = ""
    columns: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
