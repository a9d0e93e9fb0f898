"""How the parts of the report say a moment, a share, why something was not judged, which hosts are meant."""

from collections.abc import Mapping, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_core.model.result import Result, State
from rempart_core.model.sentence import tell_row
from rempart_core.timestamps import write_moment
from rempart_reports.views.dossier.recover import recover_wording
from rempart_reports.writing.translation import age, day, moment, number, plural

NAMED = 5
"""Hosts that are named where many are meant."""
_FAILURES = frozenset(
    {
        "failure_constraint",
        "failure_denied",
        "failure_denylisted",
        "failure_disagree",
        "failure_empty",
        "failure_engine",
        "failure_implausible",
        "failure_interrupted",
        "failure_limit",
        "failure_malformed",
        "failure_missing",
        "failure_no_column",
        "failure_no_system",
        "failure_no_table",
        "failure_not_kept",
        "failure_not_observable",
        "failure_not_run",
        "failure_not_walked",
        "failure_old_answer",
        "failure_part",
        "failure_privilege",
        "failure_probe",
        "failure_shared_key",
        "failure_silent",
        "failure_source",
        "failure_sql",
        "failure_timeout",
        "failure_unanswered",
        "failure_undecided",
        "failure_unfit",
    }
)
_STATES = {
    State.PASS: "state_pass",
    State.FAIL: "state_fail",
    State.ERROR: "state_error",
    State.NOT_CHECKED: "state_not_checked",
    State.NOT_APPLICABLE: "state_not_applicable",
}


def tell_moment(time: int | None, language: str) -> str:
    """Return a moment in words; ``–`` for none.

    Args:
        time: Seconds since 1970; None for none.
        language: ``en`` or ``fr``.
    """
    return "–" if time is None else moment(write_moment(time), language)


def tell_day(time: int | None, language: str) -> str:
    """Return the day of a moment in words; ``–`` for none.

    Args:
        time: Seconds since 1970; None for none.
        language: ``en`` or ``fr``.
    """
    return "–" if time is None else day(write_moment(time)[:10], language)


def tell_date(time: int | None) -> str:
    """Return the day of a moment as ``2026-11-25``; ``""`` for none."""
    return "" if time is None else write_moment(time)[:10]


def tell_age(seconds: int | None, language: str) -> str:
    """Return how long something took or lasts; ``–`` where nothing did.

    Args:
        seconds: How long; None for nothing.
        language: ``en`` or ``fr``.
    """
    return "–" if seconds is None else age(seconds, language)


def tell_severities(counts: Mapping[Severity, int], language: str) -> str:
    """Return ``3 critical, 1 high``; ``–`` where there is none.

    Args:
        counts: How many, by severity.
        language: ``en`` or ``fr``.
    """
    return ", ".join(plural(count, one.value, language) for one, count in counts.items() if count) or "–"


def tell_failure(failure: str, language: str) -> str:
    """Return why results could not be judged.

    Args:
        failure: Its kind.
        language: ``en`` or ``fr``.
    """
    name = f"failure_{failure}"
    return Labels("dossier", language)(name if name in _FAILURES else "failure_other")


def tell_state(result: Result, language: str) -> str:
    """Return the state of a result in words that promise nothing; of a finding that is accepted, that it is.

    Args:
        result: The result.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    return label("state_waived") if result.state is State.FAIL and result.waived else label(_STATES[result.state])


def tell_reason(result: Result, language: str) -> str:
    """Return what was seen of a result, or why it could not be judged; untrusted.

    Args:
        result: The result.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    if result.state in {State.PASS, State.FAIL}:
        seen = result.evidence
        if seen is None:
            return ""
        return label("seen", failing=number(seen.failing, language), total=number(seen.total, language))
    if result.failure == "disagree":
        return tell_failure("disagree", language)
    return result.reason.get(language)


def tell_rows(result: Result, language: str, most: int) -> list[str]:
    """Return the first rows of a result that did not pass, in a line each; untrusted.

    A store does not keep the values of parameters: they are read back from what was said then, in English. What can't
    be is told as it was said.

    Args:
        result: The result.
        language: ``en`` or ``fr``.
        most: How many rows.
    """
    if result.evidence is None:
        return []
    rows = [row for row in result.evidence.rows if row.get("ok") != "1"][:most]
    return [" · ".join(filter(None, _tell_row(row, result, language))) for row in rows]


def _tell_row(row: Mapping[str, str], result: Result, language: str) -> tuple[str, str, str]:
    return tell_row(row, recover_wording(row, result.sentences or {}) if language == "fr" else None, language)


def name_hosts(hosts: Sequence[str], language: str) -> str:
    """Return the first hosts by name, and how many more there are; untrusted.

    Args:
        hosts: Their names.
        language: ``en`` or ``fr``.
    """
    named = ", ".join(hosts[:NAMED])
    more = len(hosts) - NAMED
    return named if more <= 0 else Labels("dossier", language)("and_more", names=named, more=number(more, language))


def label_requirement(framework: str, requirement: str) -> str:
    """Return a requirement with its framework: ``gdpr 32(1)(b)``.

    Args:
        framework: Its id.
        requirement: Its id.
    """
    return f"{framework} {requirement}"
