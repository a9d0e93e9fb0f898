"""The check: one question in SQL with the answer we want.

A check is read from one YAML file by :mod:`rempart_core.content.checkfile`. These are plain immutable values; named
tuples and not dataclasses, because an audit starts in a blink and ``dataclasses`` alone costs 8 ms of it.
"""

from enum import Enum
from typing import NamedTuple

from rempart_core.model.parameter import Parameter
from rempart_core.text import NOTHING, Text

PLATFORMS = ("linux", "darwin", "windows")
"""Those of machines."""
ORGANISATION = "organisation"
"""The platform of checks that ask registers of an organisation and no machine; also their role."""
BLOCKS = (*PLATFORMS, ORGANISATION)
"""Whom a check may be asked of."""
ROLES = ("workstation", "server", "image", ORGANISATION)
LEVELS = ("base", "benchmark")
"""What profiles select by role, area, framework or control, and what they select by name or with all."""
WHEN_EMPTY = ("error", "not_applicable", "not_checked")
FAMILIES = ("debian", "rhel", "suse")
"""Families of Linux whose fixes differ."""
STEP_SYSTEMS = (*FAMILIES, "linux", "darwin", "windows", "any")
"""Whom steps may be for: a family of Linux, all other Linux, a platform, and what is done on any system."""
DISRUPTIONS = ("none", "service", "session", "reboot", "lockout", "manual")


class Severity(Enum):
    """How much a finding matters, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Return 0 for critical to 4 for info."""
        return _RANK[self.value]


_RANK = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}


class Applies(NamedTuple):
    """A statement that must give a row for the check to apply, and the reason where it gives none."""

    query: str
    otherwise: Text


class Fallback(NamedTuple):
    """A statement for engines that lack a table or column of the query.

    Attributes:
        query: Same columns as the query.
        sees: ``part`` (what would be a pass is ``not_checked``) or ``all``.
    """

    query: str
    sees: str


class Block(NamedTuple):
    """What a check asks on one platform.

    Attributes:
        query: One row for each thing examined: ``item``, ``observed``, ``expected``, ``ok``, more may follow.
        applies: Decides whether the check applies; None where it always does.
        probe: Must give a row, else the source could not be read; ``""`` where there is none.
        privilege: ``root`` or ``user``: what the sources need to be read.
        when_empty: The state of an answer without rows: one of ``WHEN_EMPTY``.
        cross_check: A second witness with the same columns; ``""`` where there is none.
        fallback: For engines that lack a table or column; None where there is none.
        empty_reason: Why an answer has no rows, for the reader; None where there is nothing to say.
    """

    query: str
    applies: Applies | None = None
    probe: str = ""
    privilege: str = "root"
    when_empty: str = "error"
    cross_check: str = ""
    fallback: Fallback | None = None
    empty_reason: Text | None = None

    def statements(self) -> list[tuple[str, str]]:
        """Return the block's statements by the name of their key: ``query``, ``applies``, ``probe`` …."""
        named = [
            ("applies", self.applies.query if self.applies else ""),
            ("probe", self.probe),
            ("query", self.query),
            ("cross_check", self.cross_check),
            ("fallback", self.fallback.query if self.fallback else ""),
        ]
        return [(name, sql) for name, sql in named if sql]


class Step(NamedTuple):
    """One step of a fix: words or a command.

    Attributes:
        text: What a person does; ``NOTHING`` where it is a command.
        command: A command as it is entered, of one line or more; ``""`` where it is words.
    """

    text: Text = NOTHING
    command: str = ""


class Remediation(NamedTuple):
    """How a finding is made to go away.

    Attributes:
        role: Ansible role under ``playbooks/roles``; the check's id is the task's tag.
        disruption: One of ``DISRUPTIONS``; ``manual`` where nothing is automatic.
        manual: What a person does, as one text; of a check with steps ``NOTHING``, and in a result those steps joined.
        steps: What a person does, by system (``STEP_SYSTEMS``); in a result those of its host alone. Empty where the
            check has one text for all.
    """

    role: str
    disruption: str
    manual: Text
    steps: tuple[tuple[str, tuple[Step, ...]], ...] = ()


class Check(NamedTuple):
    """One check.

    Attributes:
        id: ``DSK-01``; never reused.
        revision: Counts changes of query or threshold.
        title: What holds when the check passes.
        rationale: Why it matters.
        severity: The check's own; a profile may change it.
        roles: Of ``ROLES``.
        platforms: Platform name to block.
        remediation: How it is fixed.
        controls: Framework id to requirement ids: ``{"gdpr": ("32(1)(a)",)}``.
        parameters: By name.
        replaced_by: The id of the check that took over, or ``""``.
        area: The folder it lies in: ``disk-encryption``.
        path: Its file, relative to the content root: ``checks/disk-encryption/dsk-01-….yaml``.
        digest: SHA-256 of the file, in hex.
        not_examined: What a reader could take for covered and is not, a sentence each.
        complete: Why there is no such thing; ``NOTHING`` where there is, or where the check does not say.
        sentences: What its SQL names, by id, in English and in French; empty where its answers are data alone, None
            where it is written without, as other people's may be.
        level: One of ``LEVELS``.
    """

    id: str
    revision: int
    title: Text
    rationale: Text
    severity: Severity
    roles: tuple[str, ...]
    platforms: dict[str, Block]
    remediation: Remediation
    controls: dict[str, tuple[str, ...]]
    parameters: dict[str, Parameter]
    replaced_by: str = ""
    area: str = ""
    path: str = ""
    digest: str = ""
    not_examined: tuple[Text, ...] = ()
    complete: Text = NOTHING
    sentences: dict[str, tuple[str, str]] | None = None
    level: str = LEVELS[0]
