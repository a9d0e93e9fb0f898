"""Evidence on pages: a few rows of each finding; of a few hosts all results, findings first, passes in short.

Every row that the store keeps stands in the workbook; pages say so.
"""

from collections.abc import Iterator, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.model.result import Evidence, Result, State
from rempart_reports.views.document import Block, Bullets, Paragraph, Section, Table
from rempart_reports.views.dossier.evidence_line import EvidenceLine, list_lines
from rempart_reports.views.dossier.model import SHOWN_HOSTS, CheckFinding, Dossier, HostResults
from rempart_reports.views.dossier.phrase import tell_state
from rempart_reports.writing.evidence import show
from rempart_reports.writing.translation import colon, number, severity_name, word

_ROWS = 2  # of a result that did not pass, on the pages of a host
_CELL, _PASSED = 160, 80  # characters


def tell_examples(one: CheckFinding, language: str) -> tuple[Bullets, ...]:
    """Return what was seen of a finding on the first hosts, a line each; nothing where no rows are kept.

    Args:
        one: The finding.
        language: ``en`` or ``fr``.
    """
    each = SHOWN_HOSTS // max(1, len(one.examples))
    lines = tuple(
        _say(host, line, language)
        for host, result in one.examples
        if result.evidence is not None
        for line in _first(result, result.evidence, language, each)
        if line.mark != "pass"
    )
    return (Bullets(lines, data=True),) if lines else ()


def _say(host: str, line: EvidenceLine, language: str) -> str:
    examined, observed, expected = _cells(line, language, _CELL)
    between = colon(language)
    empty, expecting = word("empty", language), word("expected", language).lower()
    told = f"{show(host, language)} · {examined or empty}{between}{observed or empty}"
    return f"{told} ({expecting}{between}{expected})" if expected else told


def _first(result: Result, evidence: Evidence, language: str, most: int) -> list[EvidenceLine]:
    return list(list_lines(result, evidence._replace(rows=evidence.rows[:most]), language))


def _cells(line: EvidenceLine, language: str, limit: int) -> list[str]:
    return [show(text, language, limit) for text in (line.examined, line.observed, line.expected)]


def tell_evidence(dossier: Dossier, language: str) -> Section:
    """Return what was seen on the hosts of the sample, or on those with the worst findings.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    shown = dossier.now.shown
    if not shown:
        return Section(label("annex_evidence"), ())
    order = {one.host: place for place, one in enumerate(dossier.sample)}
    about = "evidence_sample" if dossier.sample else "evidence_worst"
    told = label(about, count=len(shown), hosts=number(dossier.now.machines, language))
    blocks: list[Block] = [Paragraph(told, "quiet"), Paragraph(label("evidence_since"), "quiet")]
    for one in sorted(shown, key=lambda one: order.get(one.state.name, 0)):
        blocks += _tell_host(one, language)
    return Section(label("annex_evidence"), tuple(blocks), len(shown))


def _tell_host(one: HostResults, language: str) -> Iterator[Block]:
    label = Labels("dossier", language)
    name = one.state.name
    yield Paragraph(f"{name} – {one.state.system}" if one.state.system else name, "heading")
    if one.state.silent:
        yield Paragraph(label("evidence_silent"))
    failed, passed = _sort_out(one.results)
    rows = tuple(row for result, evidence in failed for row in _rows_of(result, evidence, language))
    heads = "rows", "examined", "observed", "expected"
    if rows:
        yield Table(tuple(map(label, ("check", "state", *heads))), rows)
    short = tuple(_row_of_pass(result, evidence, language) for result, evidence in passed)
    if short:
        yield Table((label("state_pass"), *map(label, heads)), short)


def _sort_out(results: Sequence[Result]) -> tuple[list[tuple[Result, Evidence]], list[tuple[Result, Evidence]]]:
    """Return findings, worst first, with what was judged in part; then what passed. The rest has no evidence."""
    ordered = sorted(results, key=lambda one: (one.waived, one.state is not State.FAIL, one.severity.rank, one.check))
    seen = [(one, one.evidence) for one in ordered if one.evidence is not None and one.evidence.rows]
    failed = [pair for pair in seen if pair[0].state is not State.PASS]
    return failed, [pair for pair in seen if pair[0].state is State.PASS]


def _rows_of(result: Result, evidence: Evidence, language: str) -> Iterator[tuple[str, ...]]:
    lines = [line for line in _first(result, evidence, language, _ROWS) if line.mark != "pass"]
    state = severity_name(result.severity, language) if result.open else tell_state(result, language)
    told = _tell_share(len(lines), evidence.failing + evidence.undecided, language)
    for place, line in enumerate(lines):
        head = ("", "", "") if place else (result.check, state, told)
        yield *head, *_cells(line, language, _CELL)


def _row_of_pass(result: Result, evidence: Evidence, language: str) -> tuple[str, ...]:
    (line,) = _first(result, evidence, language, 1)
    return result.check, _tell_share(1, evidence.total, language), *_cells(line, language, _PASSED)


def _tell_share(shown: int, of: int, language: str) -> str:
    return Labels("dossier", language)("rows_shown", shown=number(shown, language), all=number(of, language))
