"""What is open, check by check, and what somebody decided to accept."""

from collections.abc import Sequence

from rempart_core.messages.labels import Labels
from rempart_core.model.check import ORGANISATION
from rempart_reports.views.document import Entry, Facts, Paragraph, Part, Section, Table
from rempart_reports.views.dossier.evidence_part import tell_examples
from rempart_reports.views.dossier.model import CheckFinding, Dossier, Picture
from rempart_reports.views.dossier.phrase import label_requirement, name_hosts, tell_age, tell_day
from rempart_reports.writing.translation import day, number, plural, severity_name


def tell_findings(dossier: Dossier, language: str) -> Section:
    """Return the checks with open findings, worst first, each with the first hosts by name.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    now = dossier.now
    entries = tuple(_tell(one, now, language) for one in now.findings)
    return Section(label("findings"), entries or (Paragraph(label("found_none")),), len(entries))


def _tell(one: CheckFinding, now: Picture, language: str) -> Entry:
    label = Labels("dossier", language)
    own = _organisations(now)
    alone = one.hosts and own.issuperset(one.hosts)
    on = label("on", hosts=number(len(one.hosts), language), asked=plural(one.asked, "host", language))
    on = label("on_organisation") if alone else on
    tag = f"{severity_name(one.severity, language)}, {on}"
    facts = [
        *(() if alone else [(label("hosts"), name_hosts(one.hosts, language))]),
        (label("items"), number(one.failing, language)),
        (
            label("oldest"),
            label(
                "open_since",
                day=tell_day(one.since, language),
                age=tell_age(None if one.since is None else max(0, now.at - one.since), language),
            ),
        ),
    ]
    if one.requirements:
        facts.append((label("supports"), ", ".join(label_requirement(*pair) for pair in one.requirements)))
    blocks: tuple[Part, ...] = (Facts(tuple(facts)), *tell_examples(one, language))
    return Entry(one.check, one.title.get(language), "fail", one.severity.value, tag, blocks)


def tell_accepted(now: Picture, language: str) -> Section:
    """Return the waivers that hold, with who decided and until when, and those that have expired.

    Args:
        now: The fleet at the report's date.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    own = _organisations(now)
    rows = tuple(
        (
            one.check,
            _count(one.hosts, own, language),
            one.reason,
            one.owner,
            day(one.end.partition(" ")[0], language),
            label("expired" if one.expired else "in_force"),
        )
        for one in now.accepted
    )
    heads = tuple(label(one) for one in ("check", "hosts", "reason", "owner", "until", "state"))
    return Section(
        label("exceptions"), (Table(heads, rows),) if rows else (Paragraph(label("no_exceptions")),), len(rows)
    )


def _organisations(now: Picture) -> set[str]:
    return {line.state.name for line in now.hosts if line.state.platform == ORGANISATION}


def _count(hosts: Sequence[str], own: set[str], language: str) -> str:
    """Return how many hosts there are, and the organisation beside them where it is one of these."""
    machines = [host for host in hosts if host not in own]
    label = Labels("dossier", language)
    told = [plural(len(machines), "host", language)] if machines or not hosts else []
    return ", ".join([*told, *([label("the_organisation")] if len(machines) < len(hosts) else [])])
