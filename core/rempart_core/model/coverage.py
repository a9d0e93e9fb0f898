"""How much of somebody else's profile checks answer: each rule in full, in part, by choice, or not at all."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_core.model.answer import Answer
from rempart_core.model.parameter import Values

STATUSES = ("full", "part", "choice", "not_answered")


class Ruling(NamedTuple):
    """What one check says to a rule.

    Attributes:
        check: The check's id.
        answer: How it answers the rule.
        values: Those of its parameters that are in force.
    """

    check: str
    answer: Answer
    values: Values

    @property
    def status(self) -> str:
        """Return one of :data:`STATUSES`; under values laxer than the rule's it is answered in part."""
        if not self.answer.is_whole or not self.answer.holds(self.values):
            return "part"
        return "choice" if self.answer.choice else "full"

    @property
    def lax(self) -> tuple[str, ...]:
        """Return the parameters whose values in force are laxer than the rule asks."""
        held = self.answer.when.items()
        return tuple(name for name, bound in held if name not in self.values or not bound.holds(self.values[name]))


class CoveredRule(NamedTuple):
    """One rule of a profile.

    Attributes:
        rule: Its name.
        status: The best that a check says to it.
        rulings: Of all checks that answer it.
    """

    rule: str
    status: str
    rulings: tuple[Ruling, ...] = ()


class ProfileCoverage(NamedTuple):
    """All rules of a profile.

    Attributes:
        profile: Its name.
        rules: In its order.
    """

    profile: str
    rules: tuple[CoveredRule, ...]

    def count(self, status: str) -> int:
        """Return how many rules have a status."""
        return sum(one.status == status for one in self.rules)

    @property
    def answered(self) -> int:
        """Return how many rules are answered in full, those by choice among them."""
        return self.count("full") + self.count("choice")

    @property
    def share(self) -> int:
        """Return their share, in whole percent, never more than it is."""
        return self.answered * 100 // len(self.rules)

    def reaches(self, percent: int) -> bool:
        """Tell whether at least this share is answered."""
        return self.answered * 100 >= percent * len(self.rules)


_ORDER = ("full", "choice", "part")  # the best first


def cover(profile: str, rules: Sequence[str], rulings: Mapping[str, Sequence[Ruling]]) -> ProfileCoverage:
    """Return what is answered of a profile.

    Args:
        profile: Its name.
        rules: The names of its rules; at least one.
        rulings: What checks say, by rule.
    """
    covered = []
    for rule in rules:
        own = tuple(rulings.get(rule, ()))
        status = min((one.status for one in own), key=_ORDER.index, default="not_answered")
        covered.append(CoveredRule(rule, status, own))
    return ProfileCoverage(profile, tuple(covered))
