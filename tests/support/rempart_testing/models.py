"""Hold a model against the real program: random cases, the program's own answer, no disagreement.

A model's folder ``tests/models/NAME`` has ``grammar.py`` (hypothesis strategies), ``oracle.py`` (the real program) and
``trial.py``, which offers ``TRIAL``. A disagreement is shrunk and kept in ``kept/``, and replayed ever after.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import math
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner

FOLDER = Path(__file__).resolve().parents[2] / "models"
UNKNOWN_SHARE = 0.05
"""The largest share of cases that a model may leave unknown."""


class Answer(NamedTuple):
    """One question about one case, answered by both.

    Attributes:
        question: What was asked: ``enters_unasked``.
        model: What the model says; None where it does not know.
        oracle: What the real program says; None where it can't tell, which counts for nothing.
        detail: What a person needs to see of a disagreement.
    """

    question: str
    model: Any
    oracle: Any
    detail: str = ""


@dataclass(frozen=True)
class Trial:
    """How one model is tried.

    Attributes:
        name: The model's.
        cases: Random cases. A case is plain data that JSON can hold, so that it can be kept.
        start: Makes the oracle ready, as a context: chroots, namespaces, daemons. Removes them at its end.
        judge: Asks both about one case; gets what ``start`` gave and the case.
        constructs: The names of what a case uses (``jump``, ``include``), counted in the report.
        programs: Programs that have to be installed, as the oracle.
        full: Cases of ``make models``.
        ceiling: The largest share of unknown answers.
        balance: Whether at least 5 % of the answers have to be yes, and 5 % no (for answers of 1 and 0).
    """

    name: str
    cases: st.SearchStrategy[Any]
    start: Callable[[], AbstractContextManager[Any]]
    judge: Callable[[Any, Any], Iterable[Answer]]
    constructs: Callable[[Any], Iterable[str]] = lambda _: ()
    programs: tuple[str, ...] = ()
    full: int = 10_000
    ceiling: float = UNKNOWN_SHARE
    balance: bool = True


CASES_AT_ONCE = 1000
"""What hypothesis notes of cases makes each next one slower: after so many it begins anew, with another seed."""


@dataclass
class Tally:
    """What a run of cases came to."""

    cases: int = 0
    unknown_cases: int = 0
    yes: int = 0
    no: int = 0
    answers: int = 0
    by: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, constructs: Iterable[str], answers: list[Answer]) -> None:
        """Add one case."""
        self.cases += 1
        self.unknown_cases += any(a.model is None for a in answers)
        for answer in answers:
            self.answers += 1
            self.yes += answer.oracle == 1
            self.no += answer.oracle == 0
        state = (
            "disagreed"
            if any(differ(a) for a in answers)
            else "unknown"
            if any(a.model is None for a in answers)
            else "agreed"
        )
        for name in sorted({*constructs}):
            self.by.setdefault(name, Counter())[state] += 1


class Disagreement(AssertionError):
    """The model and the program answer differently."""


class _Over(BaseException):
    """The time is over: hypothesis takes no heed of what is no Exception, and ends."""


def differ(answer: Answer) -> bool:
    """Tell whether both know, and say different things."""
    return answer.model is not None and answer.oracle is not None and answer.model != answer.oracle


def found(text: str, signs: Mapping[str, str] | Iterable[str]) -> Iterator[str]:
    """Return the names of constructs whose sign is in a text; a name that is a sign stands for itself."""
    named = signs if isinstance(signs, Mapping) else {sign: sign for sign in signs}
    return (name for name, sign in named.items() if sign in text)


def missing(trial: Trial) -> str:
    """Return why the trial can't run here; ``""`` where it can."""
    if os.geteuid() != 0:
        return "needs root"
    absent = [p for p in trial.programs if not shutil.which(p, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")]
    return f"needs {', '.join(absent)}" if absent else ""


def load(name: str) -> Trial:
    """Return the trial of a model's folder."""
    trial = importlib.import_module(f"models.{name}.trial").TRIAL
    assert isinstance(trial, Trial)
    return trial


def names() -> list[str]:
    """Return the models that have a trial."""
    return sorted(p.parent.name for p in FOLDER.glob("*/trial.py"))


def kept(name: str) -> Iterator[tuple[str, Any]]:
    """Return the cases that once disagreed, or were hard to get right, by file name."""
    for path in sorted((FOLDER / name / "kept").glob("*.json")):
        yield path.name, json.loads(path.read_text(encoding="utf-8"))


def judge_one(trial: Trial, oracle: Any, case: Any) -> list[Answer]:
    """Judge one case; raises Disagreement."""
    answers = list(trial.judge(oracle, case))
    wrong = [a for a in answers if differ(a)]
    if wrong:
        lines = [f"  {a.question}: model {a.model!r}, oracle {a.oracle!r} {a.detail}" for a in wrong]
        raise Disagreement("\n".join([f"{trial.name} disagrees on", json.dumps(case, ensure_ascii=False), *lines]))
    return answers


def run(trial: Trial, oracle: Any, *, cases: int, random_seed: int, seconds: float = 1e9) -> Tally:
    """Try random cases until their number or the time is reached; raises Disagreement, its case shrunk and kept."""
    tally = Tally()
    end = time.monotonic() + seconds
    for done in range(0, cases, CASES_AT_ONCE):
        if done == 0 or time.monotonic() < end:
            _run(trial, oracle, tally, cases=min(CASES_AT_ONCE, cases - done), random_seed=random_seed + done, end=end)
    return tally


def _run(trial: Trial, oracle: Any, tally: Tally, *, cases: int, random_seed: int, end: float) -> None:
    last: list[Any] = []

    @seed(random_seed)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(trial.cases)
    def attempt(case: Any) -> None:
        if time.monotonic() > end and not last:
            raise _Over
        try:
            answers = judge_one(trial, oracle, case)
        except Disagreement:
            last[:] = [case]
            raise
        tally.count(trial.constructs(case), answers)

    try:
        with _independent(), contextlib.suppress(_Over):
            attempt()
    except Disagreement:
        keep(trial.name, last[0])
        raise


@contextlib.contextmanager
def _independent() -> Iterator[None]:
    """Let a seed alone say what the cases are.

    Hypothesis makes most cases out of parts of one another, which tries far fewer things in as many; and it draws
    constants out of whatever modules are loaded, so that a seed gave other cases in CI than on a desk.
    """
    providers.CONSTANTS_CACHE.cache.clear()
    with (
        mock.patch.object(ConjectureRunner, "generate_mutations_from", return_value=None),
        mock.patch.object(providers.HypothesisProvider, "_local_constants", providers.Constants()),
    ):
        yield


def keep(name: str, case: Any) -> Path:
    """Write a case into the model's ``kept`` folder."""
    text = json.dumps(case, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    path = FOLDER / name / "kept" / f"{sha256(text.encode()).hexdigest()[:12]}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def complaints(trial: Trial, tally: Tally) -> list[str]:
    """Return what of a tally is not good enough.

    A share of few cases says little: 300 of a model that leaves 4 % unknown show 5 % or more in one run of five. So a
    share counts as too large, or too small, where chance explains it less than once in a thousand runs.
    """
    found = []
    if tally.unknown_cases > trial.ceiling * tally.cases + _chance(trial.ceiling, tally.cases):
        found.append(f"{tally.unknown_cases} of {tally.cases} cases unknown, at most {trial.ceiling:.0%} may be")
    if trial.balance and tally.answers:
        found += [
            f"only {n} of {tally.answers} answers are {word}: the cases prove little"
            for word, n in (("yes", tally.yes), ("no", tally.no))
            if n < 0.05 * tally.answers - _chance(0.05, tally.answers)
        ]
    return found


def _chance(share: float, number: int) -> float:
    """Return by how many a sample may be off its share by chance: three standard deviations."""
    return 3 * math.sqrt(number * share * (1 - share))


def main() -> int:
    """Run the trials that are named, or all; exit status 0, 1 (disagreement, or too much unknown), 2 (can't run)."""
    parser = argparse.ArgumentParser(prog="make models", description=main.__doc__)
    parser.add_argument("model", nargs="*", help="MODEL=pam")
    parser.add_argument("--cases", type=int, help="CASES=10000")
    parser.add_argument("--seconds", type=float, default=1e9, help="SECONDS=600: end after so many, whatever is left")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="SEED=7")
    options = parser.parse_args()
    unknown = [n for n in options.model if n not in names()]
    if unknown:
        print(f"no such model: {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    status = 0
    for name in options.model or names():
        trial = load(name)
        why = missing(trial)
        if why:
            print(f"{name}: not tried: {why}", file=sys.stderr)
            status = 2
            continue
        status = max(status, _tell(trial, options.cases or trial.full, options.seed, options.seconds))
    return status


def _tell(trial: Trial, cases: int, random_seed: int, seconds: float) -> int:
    begun = time.monotonic()
    with trial.start() as oracle:
        try:
            for _, case in kept(trial.name):
                judge_one(trial, oracle, case)
            tally = run(trial, oracle, cases=cases, random_seed=random_seed, seconds=seconds)
        except Disagreement as error:
            print(error, flush=True)
            return 1
    wrong = complaints(trial, tally)
    took = time.monotonic() - begun
    print(
        f"{trial.name} {tally.cases} cases, seed {random_seed}: 0 disagree, {tally.unknown_cases} unknown, "
        f"{tally.yes} yes, {tally.no} no of {tally.answers} answers, {took:.0f} s"
    )
    for construct, states in sorted(tally.by.items()):
        print(
            f"  {construct:32} agreed {states['agreed']}, unknown {states['unknown']}, disagreed {states['disagreed']}"
        )
    for line in wrong:
        print(f"  {line}")
    sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    from rempart_testing import models  # noqa: PLW0406 - trials know Trial by that name, not as __main__'s

    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(models.main())
    sys.exit(130)
