"""The rows of evidence that a store keeps, as texts in a language: what was examined, observed and expected."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rempart_core.messages.labels import Labels
from rempart_core.model.result import Evidence, Result
from rempart_core.model.sentence import LABEL, SAID, list_columns, read_said, tell_row
from rempart_reports.views.dossier.recover import recover_wording
from rempart_reports.writing.evidence import COLUMNS, mark_of, name_column

_STATEMENTS = {"query": "by_query", "cross_check": "by_witness", "fallback": "by_fallback"}


class EvidenceLine(NamedTuple):
    """One row of evidence; all texts are untrusted.

    Attributes:
        mark: ``fail``, ``undecided`` or ``pass``.
        examined: What was looked at.
        observed: What was seen.
        expected: What should be.
        more: Other columns with a value that no sentence tells.
    """

    mark: str
    examined: str
    observed: str
    expected: str
    more: str


def list_lines(result: Result, evidence: Evidence, language: str) -> Iterator[EvidenceLine]:
    """Yield the rows that are kept, failing ones first.

    Args:
        result: Whose evidence it is.
        evidence: What one statement saw.
        language: ``en`` or ``fr``.
    """
    sentences = result.sentences or {}
    told = list_columns(sentences) | {SAID, LABEL}
    for row in evidence.rows:
        cells = read_said(row, sentences)
        # what was kept is English already; only the name of the item may be a sentence that was not said
        wording = recover_wording(row, sentences) if cells and (language == "fr" or cells[0]) else None
        hidden = told if cells else frozenset({SAID, LABEL})
        yield EvidenceLine(mark_of(row), *tell_row(row, wording, language), _tell_more(row, hidden, language))


def _tell_more(row: Mapping[str, str], hidden: frozenset[str], language: str) -> str:
    some = (
        f"{name_column(name, language)} {value}"
        for name, value in row.items()
        if value and name not in hidden and name not in COLUMNS
    )
    return " · ".join(some)


def tell_statement(evidence: Evidence, language: str) -> str:
    """Return which statement saw it: the check's, its second witness, or its fallback.

    Args:
        evidence: What was seen.
        language: ``en`` or ``fr``.
    """
    return Labels("dossier", language)(_STATEMENTS.get(evidence.statement, "by_query"))


def tell_left_out(evidence: Evidence, language: str) -> str:
    """Return how many rows were judged and are counted only; ``""`` where all are kept.

    Args:
        evidence: What was seen.
        language: ``en`` or ``fr``.
    """
    more = evidence.total - len(evidence.rows)
    return Labels("dossier", language)("rows_counted", count=more) if more > 0 else ""
