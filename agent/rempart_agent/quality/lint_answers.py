"""Lint of answers: a check answers a rule of other people's in full where its cases prove it.

A case that fails has to break the rule, and by nothing but rows that show it; and one that passes has to hold such a
row. Both count under the values alone that the answer asks for.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rempart_agent.quality.case import CaseJudge
from rempart_core.content.answer_file import find_answers, read_names
from rempart_core.content.casefile import Case
from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.model.answer import Answer, fits
from rempart_core.model.check import Check
from rempart_core.model.result import Answer as Answered
from rempart_core.model.result import State
from rempart_core.model.selection import Selected
from rempart_core.suggestion import quoted, suggestion_of


class _Judged(NamedTuple):
    """A case that was judged.

    Attributes:
        case: The case.
        state: What it came to.
        rows: Item and ``ok`` of every row, as text; a result keeps some of them alone.
    """

    case: Case
    state: State
    rows: Sequence[tuple[str, str]]

    def items(self, ok: str) -> list[str]:
        return [item for item, own in self.rows if own == ok]


class ForeignNames:
    """The names of rules, by scheme, each read when it is asked for first."""

    def __init__(self, directories: Sequence[str]) -> None:
        """Know those of ``directories``, each laid out like ``checks/``."""
        self._directories = directories
        self._names: dict[str, frozenset[str]] = {}
        self.mistakes: list[Mistake] = []

    def of(self, scheme: str) -> frozenset[str]:
        """Return the names of a scheme."""
        if scheme not in self._names:
            self._names[scheme] = read_names(self._directories, scheme, self.mistakes)
        return self._names[scheme]


def lint_answers(check: Check, file: str, cases: Sequence[Case], names: ForeignNames) -> Iterable[Mistake]:
    """Yield what is wrong with the answers of a check, each at its place.

    Args:
        check: The check.
        file: Where it lies.
        cases: Its cases, each with its own file and line.
        names: The rules that there are.
    """
    answers = {answer.name: answer for answer in find_answers(file, check.parameters)}
    for answer in answers.values():
        if answer.rule not in names.of(answer.scheme):
            hint = suggestion_of(answer.rule, names.of(answer.scheme))
            told = Message("lint.no_rule", scheme=answer.scheme, rule=quoted(answer.rule), hint=hint)
            yield _mistake(file, answer, told)
    for one in cases:
        for rule in one.breaks:
            if rule not in answers:
                text = Message("lint.breaks_other", rule=quoted(rule), hint=suggestion_of(rule, answers))
                yield Mistake(one.file, one.line, 0, Message("lint.case", name=quoted(one.name), text=text))
    if answers:
        judged = _judge(check, cases)
        for answer in answers.values():
            yield from _hold(file, answer, judged)


def _judge(check: Check, cases: Sequence[Case]) -> list[_Judged]:
    judged = []
    with CaseJudge() as judge:
        for one in cases:
            if one.breaks or one.expect is State.PASS:
                seen: list[Answered] = []
                selected = Selected(check, check.severity, one.parameters)
                result = judge.judge(
                    selected, one.platform, one.tables, live=one.live, privileged=one.privileged, seen=seen.append
                )
                judged.append(_Judged(one, result.state, [row for answer in seen for row in _rows(answer)]))
    return judged


def _rows(answer: Answered) -> Iterable[tuple[str, str]]:
    if "item" in answer.columns and "ok" in answer.columns:
        item, ok = answer.columns.index("item"), answer.columns.index("ok")
        for row in answer.rows:
            yield str(row[item]), str(row[ok])


def _hold(file: str, answer: Answer, judged: Sequence[_Judged]) -> Iterable[Mistake]:
    broken = [one for one in judged if answer.name in one.case.breaks and one.state is State.FAIL]
    for one in broken:
        others = [item for item in one.items("0") if not fits(answer.item, item)]
        lax = not answer.holds(one.case.parameters)
        text = Message("lint.breaks_more", rule=answer.name, items=", ".join(others), pattern=quoted(answer.item))
        if not others:
            text = Message("lint.breaks_lax", rule=answer.name)
        if others or lax:
            yield Mistake(one.case.file, one.case.line, 0, Message("lint.case", name=quoted(one.case.name), text=text))
    if not answer.is_whole:
        return
    if not broken:
        yield _mistake(file, answer, Message("lint.unbroken", rule=answer.name))
    if not any(
        one.state is State.PASS
        and answer.holds(one.case.parameters)
        and any(fits(answer.item, item) for item in one.items("1"))
        for one in judged
    ):
        yield _mistake(file, answer, Message("lint.unshown", pattern=quoted(answer.item)))


def _mistake(file: str, answer: Answer, message: Message) -> Mistake:
    label = f"answers.{answer.scheme}.{answer.rule}"
    return Mistake(file, answer.line, answer.column, Message("text.labelled", label=label, text=message))
