"""The framework: an outside set of requirements, as data, and how far checks and organisational controls support it.

A check *contributes to* a requirement and never satisfies one, so nothing here says that a requirement is met.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_core.model.check import Check
from rempart_core.text import Text

KINDS = ("technical", "organisational")
ORGANISATION = "organisation"
"""The file beside the frameworks that names our own organisational controls, in the same form."""
STATUSES = ("supported", "organisational", "not_covered")


class Requirement(NamedTuple):
    """One requirement of a framework.

    Attributes:
        id: As the framework numbers it, without a prefix: ``32(1)(a)``, ``8.3.6``, ``SC-28(1)``.
        title: What it is about, in our own words: never the framework's sentence.
        kind: ``technical`` where a machine can be asked about it, else ``organisational``.
        organisation: Ids of the organisational controls that support it.
    """

    id: str
    title: Text
    kind: str
    organisation: tuple[str, ...] = ()


class Framework(NamedTuple):
    """A framework and its requirements.

    Attributes:
        id: The file's name without ``.yaml``; what checks write under ``controls``.
        name: As people call it.
        version: Edition and date.
        source: Where its text is published.
        scope: Which of its requirements are listed here, and which are not.
        requirements: By id, in the framework's own order.
    """

    id: str
    name: Text
    version: str
    source: str
    scope: Text
    requirements: dict[str, Requirement]


class Support(NamedTuple):
    """What contributes to one requirement.

    Attributes:
        requirement: The requirement.
        checks: The checks that contribute, worst severity first.
    """

    requirement: Requirement
    checks: tuple[Check, ...]

    @property
    def status(self) -> str:
        """Return ``supported`` by checks, ``organisational``: by organisational controls alone, ``not_covered``."""
        if self.checks:
            return "supported"
        return "organisational" if self.requirement.organisation else "not_covered"


def find_support(framework: Framework, checks: Sequence[Check]) -> list[Support]:
    """Return every requirement of the framework with what contributes to it; checks that were replaced don't.

    Those of an organisation are no checks here: a requirement names them as its organisational controls.

    Args:
        framework: The framework.
        checks: All checks that there are.
    """
    by_requirement: dict[str, list[Check]] = {}
    for check in sorted(checks, key=lambda check: (check.severity.rank, check.id)):
        if check.replaced_by or ORGANISATION in check.roles:
            continue
        for id_ in check.controls.get(framework.id, ()):
            by_requirement.setdefault(id_, []).append(check)
    return [Support(one, tuple(by_requirement.get(one.id, ()))) for one in framework.requirements.values()]


def find_unknown(check: Check, frameworks: Mapping[str, Framework]) -> list[tuple[str, str]]:
    """Return what a check names that is not there: framework and requirement, which is ``""`` for a whole framework.

    Args:
        check: The check.
        frameworks: All that there are, by id.
    """
    unknown = []
    for name, ids in check.controls.items():
        framework = frameworks.get(name) if name != ORGANISATION else None
        if framework is None:
            unknown.append((name, ""))
        else:
            unknown += [(name, id_) for id_ in ids if id_ not in framework.requirements]
    return unknown
