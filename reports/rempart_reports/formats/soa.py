"""The statement of applicability of ISO/IEC 27001: each control of Annex A, the decision on it, and what checks saw."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.registers.register import Registers
from rempart_reports.views.dossier.model import Dossier
from rempart_reports.views.dossier.phrase import tell_date
from rempart_reports.views.dossier.sheet import Sheet
from rempart_reports.views.requirement import describe_verdict

FRAMEWORK = "iso-27001-2022"
_ADDRESS = re.compile(r"\S+@\S+")
_DECISIONS = {"applicable": "soa_applicable", "not_applicable": "soa_not_applicable"}


def list_decisions(dossier: Dossier, language: str) -> Iterator[Sheet]:
    """Yield the one sheet of the statement.

    Args:
        dossier: The numbers; of its frameworks ISO/IEC 27001 is one.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    heads = ("soa_control", "about", "soa_decision", "reason", "owner", "soa_decided", "until", "verdict", "checks")
    yield Sheet(label("soa"), tuple(map(label, heads)), _rows(dossier, language))


def _rows(dossier: Dossier, language: str) -> Iterator[Sequence[str]]:
    label = Labels("dossier", language)
    decided = _decisions(dossier.registers)
    for one in dict(dossier.now.requirements)[FRAMEWORK]:
        decision = decided.get(one.name, {})
        until = decision.get("until", "")
        said = _DECISIONS.get(decision.get("decision", ""), "soa_undecided")
        if until and until < tell_date(dossier.now.at):
            said = "soa_ended"
        yield (
            f"A.{one.name}",
            one.title.get(language) if one.title else "",
            label(said),
            _ADDRESS.sub("…", decision.get("reason", "")),
            decision.get("by", ""),
            decision.get("date", ""),
            until,
            describe_verdict(one.verdict, language, len(dossier.now.hosts)),
            ", ".join(one.checks),
        )


def _decisions(registers: Registers | None) -> dict[str, Mapping[str, str]]:
    """Return the newest decision on each control, by its number without the ``A.`` that people put before it."""
    rows = registers["applicability"].rows if registers else ()
    found: dict[str, Mapping[str, str]] = {}
    for row in sorted(rows, key=lambda row: row["date"]):
        found[row["control"].removeprefix(FRAMEWORK).strip(" :").removeprefix("A.")] = row
    return found
