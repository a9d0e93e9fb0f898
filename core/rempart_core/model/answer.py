"""The answer: which rule of somebody else's baseline a check judges, by which rows, and under which values.

Read from a check's key ``answers`` by :mod:`rempart_core.content.answer_file`; an audit never needs it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.model.parameter import Value, Values
from rempart_core.text import NOTHING, Text

if TYPE_CHECKING:
    import re

SCHEMES = ("ssg",)
"""Whose rules may be answered: ``ssg`` names those of the SCAP Security Guide."""
RULE = "[A-Za-z0-9_.+-]{1,120}"
"""What the name of a rule matches, whole."""


class Bound(NamedTuple):
    """What a parameter's value has to be, so that the check asks what the rule asks.

    Attributes:
        least: The smallest integer; None for any.
        most: The greatest integer; None for any.
        exact: The one value; None for any.
        has: What a list has to hold, among other things.
        within: What a list may hold, and nothing else, but for nothing at all.
    """

    least: int | None = None
    most: int | None = None
    exact: Value | None = None
    has: tuple[Value, ...] = ()
    within: tuple[Value, ...] = ()

    def holds(self, value: Value) -> bool:
        """Tell whether a value in force is as the rule asks, or stricter.

        Args:
            value: Of the parameter.
        """
        if self.least is not None and not (isinstance(value, int) and value >= self.least):
            return False
        if self.most is not None and not (isinstance(value, int) and value <= self.most):
            return False
        if self.exact is not None and value != self.exact:
            return False
        if self.within and not (isinstance(value, list) and value and all(one in self.within for one in value)):
            return False
        return not self.has or (isinstance(value, list) and all(one in value for one in self.has))


class Answer(NamedTuple):
    """One rule that a check answers.

    Attributes:
        scheme: One of :data:`SCHEMES`.
        rule: The rule's name there.
        item: A pattern as of SQL's LIKE: the rows whose item it fits show the rule.
        when: Parameter to the values under which the check asks no less than the rule.
        choice: Whether the baseline asks for one of several tools, and the rule names one of them.
        part: What the rule asks and the check does not; ``NOTHING`` where it answers in full.
        line: Where the rule's name stands in the check file, from 1.
        column: The same.
    """

    scheme: str
    rule: str
    item: str
    when: Mapping[str, Bound] = {}
    choice: bool = False
    part: Text = NOTHING
    line: int = 0
    column: int = 0

    @property
    def name(self) -> str:
        """Return the rule as cases name it: ``ssg:RULE``."""
        return f"{self.scheme}:{self.rule}"

    @property
    def is_whole(self) -> bool:
        """Tell whether the rule is answered in full, given the values in ``when``."""
        return not self.part.en

    def holds(self, values: Values) -> bool:
        """Tell whether the check asks no less than the rule under these values.

        Args:
            values: Of the check's parameters, all of them.
        """
        return all(name in values and bound.holds(values[name]) for name, bound in self.when.items())


def fits(pattern: str, item: str) -> bool:
    """Tell whether an item fits a pattern of LIKE: ``%`` for any text, ``_`` for any character, ASCII in any case.

    Args:
        pattern: The pattern; it has no escape.
        item: The text of a row.
    """
    return _compile(pattern).fullmatch(item) is not None


@lru_cache(maxsize=512)
def _compile(pattern: str) -> "re.Pattern[str]":
    import re

    def one(sign: str) -> str:
        if sign == "%":
            return ".*"
        if sign == "_":
            return "."
        if sign.isascii() and sign.isalpha():
            return f"[{sign.lower()}{sign.upper()}]"
        return re.escape(sign)

    return re.compile("".join(one(sign) for sign in pattern), re.DOTALL)
