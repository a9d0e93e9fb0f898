"""``rempart-agent compare-engines``: one machine judged by two engines, and where their verdicts differ."""

from collections.abc import Iterable
from typing import TextIO

from rempart_agent.audit.pipeline import audit
from rempart_agent.audit.request import Request
from rempart_agent.cli.base import say
from rempart_agent.cli.language import chosen, words
from rempart_core.messages.message import Message
from rempart_core.model.result import Evidence, Result, Run
from rempart_core.text import clean_line

_SHOWN = 10  # rows of an evidence

_MARKS = {"1": Message("engine.compare_ok"), "0": Message("engine.compare_not_ok")}


def compare(engine: str, socket: str, request: Request, out: TextIO) -> int:
    """Judge this machine by the embedded engine and by another one, and print each check that differs.

    Args:
        engine: ``osqueryd`` or ``osqueryi``.
        socket: The extension socket of the osqueryd to ask; ``""`` for the usual one.
        request: What is asked.
        out: Where to print.

    Returns:
        The exit status: 0 they agree, 1 they differ.

    Raises:
        EngineError: an engine can't be had.
        UsageError: the selection matches nothing.
    """
    first = audit(request._replace(engine="embedded"), say)
    second = audit(request._replace(engine=engine, socket=socket, role=first.role), say)
    differing = [(one, other) for one, other in _pairs(first, second) if one.state is not other.state]
    for one, other in differing:
        print(f"{one.check}  {clean_line(one.title.get(chosen()))}", file=out)
        for run, result in ((first, one), (second, other)):
            _print_result(run, result, out)
    for run in (first, second):
        who = run.engine
        seconds = f"{run.seconds:.1f}"
        print(
            words("engine.compare_engine", name=who.name, version=who.version, user=who.user, seconds=seconds), file=out
        )
    print(words("engine.compare_counts", count=len(first.results), differing=len(differing)), file=out)
    return int(bool(differing))


def _pairs(first: Run, second: Run) -> Iterable[tuple[Result, Result]]:
    others = {result.check: result for result in second.results}
    for result in first.results:
        yield result, others[result.check]


def _print_result(run: Run, result: Result, out: TextIO) -> None:
    print(f"  {run.engine.name}: {result.state.value}: {clean_line(result.reason.get(chosen()))}", file=out)
    for line in _lines(result.evidence):
        print(f"    {line}", file=out)
    for line in _lines(result.witness):
        print(f"    {words('engine.compare_witness', line=line)}", file=out)


def _lines(evidence: Evidence | None) -> Iterable[str]:
    if evidence is None:
        return
    for row in evidence.rows[:_SHOWN]:
        mark = _MARKS.get(row["ok"], Message("engine.compare_undecided"))
        item, observed, expected = (clean_line(row[name]) for name in ("item", "observed", "expected"))
        yield words("engine.compare_row", mark=mark, item=item, observed=observed, expected=expected)
    left = evidence.total - min(len(evidence.rows), _SHOWN)
    if left > 0:
        yield words("engine.compare_more", count=left)
