"""What grows too old soon: how long an entry lasts is said by the parameters of the checks that ask it.

What is missing altogether is no date that comes nearer: the checks say it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rempart_core.registers.cell import days_until
from rempart_core.registers.register import Register, Registers, Row, State

_HOUR = 3600
_DAY = 86_400
_NOTIFY = "ORG-17.notify_max_h"


class Ageing(NamedTuple):
    """How long entries of a register last.

    Attributes:
        register: The register.
        parameter: The check and its parameter, in days, as ``ORG-04.training_max_age_d``.
        group: The columns in which entries that renew each other agree, ``*`` where all do; empty where the list itself
            is confirmed.
        only: A column and the value that it has in the entries that are meant; None for all.
        card: Whether people are meant who handle cards.
    """

    register: str
    parameter: str
    group: tuple[str, ...] = ()
    only: tuple[str, str] | None = None
    card: bool = False


AGEINGS = (
    Ageing("people", "ORG-01.roster_max_age_d"),
    Ageing("policies", "ORG-01.policy_max_age_d", ("id",)),
    Ageing("training", "ORG-04.training_max_age_d", ("person",)),
    Ageing("training", "ORG-04.card_training_max_age_d", ("person",), card=True),
    Ageing("awareness_tests", "ORG-05.test_max_age_d", ("person",)),
    Ageing("phishing", "ORG-06.campaign_max_age_d", ("team",)),
    Ageing("reporting", "ORG-08.channel_test_max_age_d", ("channel",)),
    Ageing("assets", "ORG-09.inventory_max_age_d"),
    Ageing("assessments", "ORG-10.assessment_max_age_d", ("*",)),
    Ageing("access_reviews", "ORG-11.review_max_age_d", ("scope", "kind"), ("kind", "application")),
    Ageing("access_reviews", "ORG-11.admin_review_max_age_d", ("scope", "kind"), ("kind", "administrators")),
    Ageing("access_reviews", "ORG-22.journal_max_age_d", ("scope", "kind"), ("kind", "journal")),
    Ageing("second_factor", "ORG-12.export_max_age_d"),
    Ageing("physical", "ORG-13.physical_max_age_d", ("site", "kind")),
    Ageing("restores", "ORG-14.restore_max_age_d", ("what",)),
    Ageing("exercises", "ORG-15.continuity_max_age_d", ("kind",), ("kind", "continuity")),
    Ageing("exercises", "ORG-16.drill_max_age_d", ("kind",), ("kind", "incident")),
    Ageing("incident_team", "ORG-16.team_max_age_d"),
    Ageing("breaches", "ORG-17.breaches_max_age_d"),
    Ageing("processing", "ORG-18.processing_max_age_d", ("id",)),
    Ageing("audits", "ORG-19.internal_audit_max_age_d", ("kind",), ("kind", "internal")),
    Ageing("audits", "ORG-19.external_audit_max_age_d", ("kind",), ("kind", "third_party")),
    Ageing("network_reviews", "ORG-20.network_review_max_age_d", ("site", "kind")),
    Ageing("alerts", "ORG-21.alerts_max_age_d"),
    Ageing("watch", "ORG-21.watch_max_age_d", ("*",)),
    Ageing("recordings", "ORG-22.recordings_checked_max_d", ("system", "kind")),
    Ageing("escrow", "ORG-23.escrow_max_age_d"),
    Ageing("break_glass", "ORG-23.break_glass_max_age_d", ("account",)),
    Ageing("caller_checks", "ORG-24.sample_max_age_d", ("team",)),
)
_DEADLINES = (
    ("treatments", "due", "done", "id"),
    ("actions", "due", "closed", "id"),
    ("acceptances", "until", "", "scenario"),
    ("applicability", "until", "", "control"),
    ("referents", "expires", "", "person"),
    ("processors", "contract_end", "", "id"),
    ("signers", "until", "", "person"),
)
"""Registers with a day by which something has to be done or ends, the column that says it was, and whose it is."""
PARAMETERS = frozenset({*(one.parameter for one in AGEINGS), _NOTIFY})


class Due(NamedTuple):
    """Something that has to be done.

    Attributes:
        days: In how many days; negative where it is past.
        register: The register.
        kind: ``confirm`` a list, ``renew`` an entry, a ``deadline``, or ``notify`` a breach.
        subject: What is meant; ``""`` for the list.
        line: The line of the entry; 0 for the list.
    """

    days: int
    register: str
    kind: str
    subject: str
    line: int


def list_due(found: Registers, limits: Mapping[str, int], within: int) -> list[Due]:
    """Return what is due within some days or overdue, the most urgent first.

    Args:
        found: The registers.
        limits: The value of each of :data:`PARAMETERS`.
        within: Days.
    """
    gone = {row["id"] for row in found["people"].rows if row["left"] and int(row["left_in_days"]) < 0}
    card = {row["id"] for row in found["people"].rows if row["card_data"] == "1"}
    dues: list[Due] = []
    for ageing in AGEINGS:
        register = found[ageing.register]
        if register.state is State.PRESENT and ageing.parameter in limits:
            dues += _list_ageing(register, ageing, limits[ageing.parameter], found.now, gone, card)
    for name, column, done, subject in _DEADLINES:
        dues += _list_deadlines(found[name], column, done, subject, gone)
    if _NOTIFY in limits:
        dues += _list_breaches(found["breaches"], limits[_NOTIFY], found.now)
    return sorted(one for one in dues if one.days <= within)


def _list_ageing(
    register: Register, ageing: Ageing, limit: int, now: int, gone: set[str], card: set[str]
) -> Iterator[Due]:
    if not ageing.group:
        if register.head is not None:
            yield Due(days_until(register.head.as_of, now) + limit, register.name, "confirm", "", 0)
        return
    newest: dict[tuple[str, ...], Row] = {}
    for row in register.rows:
        person = row.get(register.contract.subject, "")
        if person in gone or (ageing.card and person not in card):
            continue
        if ageing.only and row[ageing.only[0]] != ageing.only[1]:
            continue
        key = tuple(row[name] for name in ageing.group if name != "*")
        if key not in newest or int(row["age_days"]) < int(newest[key]["age_days"]):
            newest[key] = row
    for key, row in newest.items():
        subject = " ".join(filter(None, key))
        yield Due(limit - int(row["age_days"]), register.name, "renew", subject, int(row["line"]))


def _list_deadlines(register: Register, column: str, done: str, subject: str, gone: set[str]) -> Iterator[Due]:
    for row in register.rows:
        if row[column] and not (done and row[done]) and row.get(register.contract.subject, "") not in gone:
            yield Due(int(row[f"{column}_in_days"]), register.name, "deadline", row[subject], int(row["line"]))


def _list_breaches(register: Register, limit: int, now: int) -> Iterator[Due]:
    for row in register.rows:
        if not row["notified"] and not row["no_notification"]:
            left = int(row["aware_epoch"]) + limit * _HOUR - now
            yield Due(left // _DAY, register.name, "notify", row["id"], int(row["line"]))
