"""The questions that are put to a service's stacks.

``enters_unasked``: it lets somebody in though no credential was checked. ``enters_one_factor``: with less than two
factors. ``enters_empty``: with an empty password. ``skips_quality``: a local password is set before a quality module
was content. ``skips_history``: one is set before it was held against those of old. ``escapes_lockout``: a wrong local
password is not counted, or a right one enters without asking the lock. ``skips_group``: it lets somebody in, other than
root, of whom ``pam_wheel`` did not find that he is in its group.
"""

from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from rempart_agent.models.pam import facts, handlers, syntax
from rempart_agent.models.pam.facts import (
    ASKED,
    COUNTED,
    GROUP,
    GUESSED,
    HELD,
    KNOWN,
    LOCAL,
    REFUSES,
    REPEATED,
    ROOT,
    SKIPPED,
    SOLID,
)
from rempart_agent.models.pam.search import End, Step, Walk, walk
from rempart_agent.said import Why

SHOWN = 8  # steps of a witness


class Answer(NamedTuple):
    """The answer to one question about one service.

    Attributes:
        question: The question.
        answer: 1, 0, or None where it is unknown.
        witness: The calls that lead to a yes.
        why: Why the answer is unknown; for a service that libpam refuses, why.
    """

    question: str
    answer: Optional[int]
    witness: str = ""
    why: str = ""


Goal = Callable[[End], bool]
Know = Callable[[str, str, Tuple[str, ...], facts.World], Optional[Tuple[facts.Outcome, ...]]]


def _enters(end: End, *needed: int) -> bool:
    return end.success and not end.bits & ROOT and not all(end.bits & bit for bit in needed)


def _escapes(end: End) -> bool:
    if end.success:
        return bool(end.bits & LOCAL and not end.bits & (REFUSES | ROOT))
    return bool(end.bits & GUESSED and not end.bits & COUNTED)


AUTH: Dict[str, Goal] = {
    "enters_unasked": lambda end: _enters(end, ASKED),
    "enters_one_factor": lambda end: _enters(end, KNOWN, HELD),
    "enters_empty": lambda end: _enters(end, SOLID),
    "escapes_lockout": _escapes,
    "skips_group": lambda end: _enters(end, GROUP),
}
PASSWORD: Dict[str, Goal] = {
    "skips_quality": lambda end: bool(end.bits & SKIPPED),
    "skips_history": lambda end: bool(end.bits & REPEATED),
}
QUESTIONS = (*AUTH, *PASSWORD)


class Evaluator:
    """Puts the questions to the services of one machine; a stack that many services share is walked once."""

    def __init__(
        self,
        reads: Tuple[handlers.Read, ...],
        dialects: Tuple[handlers.Dialect, ...],
        world: facts.World,
        directory: bool = True,
        know: Know = facts.outcomes,
    ) -> None:
        """Keep what decides.

        Args:
            reads: Return a service's file, each as another libpam takes it apart; where their answers differ, the
                answer is unknown.
            dialects: The libpams that may be the one.
            world: What the modules look at.
            directory: Whether there is a directory of services.
            know: Returns what a module can return.
        """
        self._reads = reads
        self._dialects = dialects
        self._world = world
        self._directory = directory
        self._facts = know
        self._done: Dict[Tuple[handlers.Stack, str, bool], Tuple[Answer, ...]] = {}

    def answers(self, service: str) -> List[Answer]:
        """Return the answers about a service."""
        found: List[List[Answer]] = []
        for read in self._reads:
            for dialect in self._dialects:
                one = self._one(service, read, dialect)
                if one not in found:
                    found.append(one)
        return found[0] if len(found) == 1 else [_merged(list(each)) for each in zip(*found)]

    def _one(self, service: str, read: handlers.Read, dialect: handlers.Dialect) -> List[Answer]:
        try:
            stacks = handlers.build(service, read, dialect, self._directory)
        except syntax.Unclear as error:
            return [Answer(q, None, "", error.why) for q in QUESTIONS]
        except handlers.Refused as error:
            return [Answer(q, 0, "", Why("libpam refuses this service: {error}", error=error)) for q in QUESTIONS]
        by_root = service in facts.RUN_BY_ROOT or service.startswith("gdm")
        return [*self._kept(stacks["auth"], "auth", by_root), *self._kept(stacks["password"], "password", False)]

    def _kept(self, stack: handlers.Stack, kind: str, by_root: bool) -> Tuple[Answer, ...]:
        key = stack, kind, by_root
        if key not in self._done:
            try:
                self._done[key] = tuple(self._walked(stack, kind, by_root))
            except syntax.Unclear as error:
                goals = AUTH if kind == "auth" else PASSWORD
                self._done[key] = tuple(Answer(q, None, "", error.why) for q in goals)
        return self._done[key]

    def _walked(self, stack: handlers.Stack, kind: str, by_root: bool) -> List[Answer]:
        sure = self._walk(stack, kind, by_root, guess=False)
        could = self._walk(stack, kind, by_root, guess=True) if sure.unknown else sure
        if kind == "auth":
            return [_answer(q, goal, sure, could) for q, goal in AUTH.items()]
        before = self._walk(stack, "prelim", by_root, guess=True)
        certain = self._walk(stack, "prelim", by_root, guess=False) if before.unknown else before
        return [_begun(_answer(q, goal, sure, could), before, certain) for q, goal in PASSWORD.items()]

    def _walk(self, stack: handlers.Stack, kind: str, by_root: bool, guess: bool) -> Walk:
        def know(handler: handlers.Handler) -> Optional[Tuple[facts.Outcome, ...]]:
            found = self._facts(kind, handler.module, handler.arguments, self._world)
            if found is None or not by_root:
                return found
            return tuple(facts.Outcome(o.code, o.bits & ~ROOT) for o in found)

        return walk(stack, know, guess)


def _answer(question: str, goal: Goal, sure: Walk, could: Walk) -> Answer:
    end = next((e for e in sure.ends if goal(e)), None)
    if end is not None:
        return Answer(question, 1, _shown(sure.path(end)))
    end = next((e for e in could.ends if goal(e)), None)
    if end is not None:
        called = {step.handler.module for step in could.path(end)}
        return Answer(question, None, "", _not_known(tuple(m for m in could.unknown if m in called)))
    if could.chance:
        return Answer(question, None, "", _chance(could))
    return Answer(question, 0)


def _begun(answer: Answer, before: Walk, certain: Walk) -> Answer:
    """Return an answer about the second run of a password, given what the first can come to."""
    if answer.answer == 0 or any(e.success for e in before.ends):
        if answer.answer == 1 and not any(e.success for e in certain.ends):
            return Answer(answer.question, None, "", _not_known(before.unknown))
        return answer
    return Answer(answer.question, None, "", _chance(before)) if before.chance else Answer(answer.question, 0)


def _not_known(modules: Tuple[str, ...]) -> str:
    names = ", ".join(m.rsplit("/", 1)[-1] if m.startswith(("/lib", "/usr/lib")) else m for m in modules)
    if len(modules) == 1:
        return Why("{module} is not known", module=names)
    return Why("{modules} are not known", modules=names)


def _chance(_: Walk) -> str:
    return Why("an @include of a missing file: what libpam does then is left to chance")


def _shown(path: List[Step]) -> str:
    steps = [
        "{} {} {}".format(s.handler.where, s.handler.module.rsplit("/", 1)[-1], syntax.CODES[s.code]) for s in path
    ]
    more = ["…"] if len(steps) > SHOWN else []
    return ", ".join(more + steps[-SHOWN:])


def _merged(answers: List[Answer]) -> Answer:
    """Return what several libpams agree on."""
    first = answers[0]
    if all(a.answer == first.answer for a in answers):
        return first
    unknown = next((a for a in answers if a.answer is None), None)
    return unknown or Answer(first.question, None, "", Why("versions of libpam read these files differently"))
