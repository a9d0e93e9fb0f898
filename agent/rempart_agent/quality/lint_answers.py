"""Lint of answers: a check answers a rule of other people's in full where its cases prove it.

A case that fails has to break the rule, and by nothing but rows that show it; and one that passes has to hold such a
row. Both count under the values alone that the answer asks for.
"""

from collections.abc import Iterable, Sequence

from rempart_agent.quality.case import CaseJudge
from rempart_core.content.answer_file import find_answers, read_names
from rempart_core.content.casefile import Case
from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.model.answer import Answer, fits
from rempart_core.model.check import Check
from rempart_core.model.result import Result, State
from rempart_core.model.selection import Selected
from rempart_core.suggestion import quoted, suggestion_of

Judged = Sequence[tuple[Case, Result]]


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


def _judge(check: Check, cases: Sequence[Case]) -> Judged:
    judged = []
    with CaseJudge() as judge:
        for one in cases:
            if one.breaks or one.expect is State.PASS:
                selected = Selected(check, check.severity, one.parameters)
                result = judge.judge(selected, one.platform, one.tables, live=one.live, privileged=one.privileged)
                judged.append((one, result))
    return judged


def _hold(file: str, answer: Answer, judged: Judged) -> Iterable[Mistake]:
    broken = [(one, result) for one, result in judged if answer.name in one.breaks and result.state is State.FAIL]
    for one, result in broken:
        others = [item for item in _items(result, "0") if not fits(answer.item, item)]
        text = Message("lint.breaks_more", rule=answer.name, items=", ".join(others), pattern=quoted(answer.item))
        if not others and not answer.holds(one.parameters):
            text = Message("lint.breaks_lax", rule=answer.name)
        if others or not answer.holds(one.parameters):
            yield Mistake(one.file, one.line, 0, Message("lint.case", name=quoted(one.name), text=text))
    if not answer.is_whole:
        return
    if not broken:
        yield _mistake(file, answer, Message("lint.unbroken", rule=answer.name))
    if not any(
        result.state is State.PASS
        and answer.holds(one.parameters)
        and any(fits(answer.item, item) for item in _items(result, "1"))
        for one, result in judged
    ):
        yield _mistake(file, answer, Message("lint.unshown", pattern=quoted(answer.item)))


def _items(result: Result, ok: str) -> list[str]:
    rows = result.evidence.rows if result.evidence else []
    return [row.get("item", "") for row in rows if row.get("ok") == ok]


def _mistake(file: str, answer: Answer, message: Message) -> Mistake:
    label = f"answers.{answer.scheme}.{answer.rule}"
    return Mistake(file, answer.line, answer.column, Message("text.labelled", label=label, text=message))
