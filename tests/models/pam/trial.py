"""PAM's model against libpam."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rempart_testing.models import Answer, Trial

from models.pam import grammar, oracle
from rempart_agent.models.pam import facts, handlers, syntax
from rempart_agent.models.pam.facts import Outcome
from rempart_agent.models.pam.outcome import AUTH, PASSWORD, Evaluator
from rempart_agent.models.pam.search import End, seen

PROOF = {
    "password": facts.ASKED | facts.SOLID | facts.KNOWN,
    "local": facts.ASKED | facts.SOLID | facts.KNOWN | facts.LOCAL,
    "blank": facts.ASKED | facts.KNOWN | facts.LOCAL,
    "token": facts.ASKED | facts.SOLID | facts.HELD,
    "card": facts.ASKED | facts.SOLID | facts.KNOWN | facts.HELD,
    "guess": facts.GUESSED,
    "counted": facts.COUNTED,
    "refuses": facts.REFUSES,
    "root": facts.ROOT,
    "quality": facts.QUALITY,
    "set": facts.SET,
    "taken": facts.LOCAL,
}


def judge(libpam: oracle.Libpam, case: Any) -> Iterator[Answer]:
    """Put every question to the model and to libpam."""
    said = libpam.answer(case)
    for mine in _evaluator(case).answers(case["service"]):
        sure = could = None
        if said is not None and mine.question in PASSWORD:
            sure = int(any(end["skipped"] and not end["unknown"] for end in said["password"]))
            could = int(any(end["skipped"] for end in said["password"]))
        elif said is not None:
            goal = AUTH[mine.question]
            sure = int(any(_reaches(goal, end) and not end["unknown"] for end in said["auth"]))
            could = int(any(_reaches(goal, end) for end in said["auth"]))
        # A yes has to stand whatever an unknown module returns, a no as well.
        yield Answer(mine.question, mine.answer, could if mine.answer == 0 else sure, mine.witness or mine.why)


def _reaches(goal: Callable[[End], bool], end: dict[str, Any]) -> bool:
    bits = 0
    for proofs in end["facts"]:
        bits = seen(bits, sum(PROOF[proof] for proof in proofs))
    return goal(End(end["success"], bits, None))  # type: ignore[arg-type]


def _evaluator(case: Any) -> Evaluator:
    def know(kind: str, module: str, _arguments: Any, _world: Any) -> tuple[Outcome, ...] | None:
        ways = case["modules"].get(module)
        if ways is None:
            return facts.MISSING
        if module.startswith("u"):
            return None
        return tuple(Outcome(syntax.CODES.index(c), sum(PROOF[p] for p in proof)) for c, proof in ways[kind])

    def read(path: str) -> syntax.File | None:
        text = case["files"].get(path)
        return None if text is None else syntax.read(text)

    return Evaluator((read,), (handlers.DEBIAN,), facts.World(), know=know)


TRIAL = Trial(
    name="pam",
    cases=grammar.cases(),
    start=oracle.start,
    judge=judge,
    constructs=grammar.constructs,
    programs=("unshare",),
)
