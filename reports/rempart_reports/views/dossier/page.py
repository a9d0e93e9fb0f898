"""The report as a document: one text, which the page, the PDF and the numbers of both come from."""

from rempart_reports.views.document import Document, Section
from rempart_reports.views.dossier.annex import tell_hosts, tell_sample, tell_statements
from rempart_reports.views.dossier.evidence_part import tell_evidence
from rempart_reports.views.dossier.finding_part import tell_accepted, tell_findings
from rempart_reports.views.dossier.model import Dossier
from rempart_reports.views.dossier.movement_part import tell_movement
from rempart_reports.views.dossier.opening import head_of, tell_coverage, tell_proof, tell_scope
from rempart_reports.views.dossier.people_part import tell_people
from rempart_reports.views.dossier.requirement_part import tell_requirements
from rempart_reports.views.dossier.risk_part import tell_risk


def document_of(dossier: Dossier, language: str) -> Document:
    """Return the report in a language.

    Args:
        dossier: Its numbers.
        language: ``en`` or ``fr``.
    """
    sections: list[Section] = [
        tell_scope(dossier, language),
        tell_coverage(dossier.now, language),
        tell_proof(dossier, language),
        tell_findings(dossier, language),
        tell_accepted(dossier.now, language),
        *tell_requirements(dossier, language),
        *tell_movement(dossier, language),
    ]
    if dossier.risk is not None:
        sections.append(tell_risk(dossier.risk, language))
    if dossier.registers is not None:
        sections += tell_people(dossier.registers, language)
    if dossier.sample:
        sections.append(tell_sample(dossier, language))
    sections += [tell_hosts(dossier, language), tell_evidence(dossier, language)]
    if dossier.sql:
        sections.append(tell_statements(dossier, language))
    return head_of(dossier, language, tuple(sections))
