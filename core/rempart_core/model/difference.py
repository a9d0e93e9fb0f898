"""The difference between two runs, and what of a run a baseline knows already."""

from typing import NamedTuple

from rempart_core.model.result import Result, Run, State
from rempart_core.model.waiver import failing_items
from rempart_core.text import Text
from rempart_core.typography import COLON


class Move(NamedTuple):
    """One check that differs.

    Attributes:
        check: The check's id.
        old: Its result in the older run; None where it has none.
        new: Its result in the newer run; None where it has none.
        appeared: Items that fail now and did not; empty where not all of both are known.
        gone: Items that failed and do not any more; empty where not all of both are known.
    """

    check: str
    old: Result | None
    new: Result | None
    appeared: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def regression(self) -> bool:
        """Tell whether a pass became a fail."""
        return bool(self.old and self.new and self.old.state is State.PASS and self.new.state is State.FAIL)


class Difference(NamedTuple):
    """What two runs differ in. Each check is in one list at most, and in ``waivers`` besides.

    Attributes:
        worse: Fails now and did not, or fails with more items than before; regressions first.
        unseen: Was judged (pass, fail, not applicable) and can't be seen any more (error, not checked).
        better: Failed or could not be seen, and does not any more; or fails with fewer items.
        appeared: Checks that only the newer run has.
        disappeared: Checks that only the older run has.
        changed: Anything else that moved: other failing items instead of some, other severity, another reason not to
            be judged.
        waivers: Findings whose waiver came, went, expired or was changed.
        same: How many checks came to the same.
        notes: What makes the two runs hard to compare: another target, other content, other privileges.
    """

    worse: tuple[Move, ...]
    unseen: tuple[Move, ...]
    better: tuple[Move, ...]
    appeared: tuple[Move, ...]
    disappeared: tuple[Move, ...]
    changed: tuple[Move, ...]
    waivers: tuple[Move, ...]
    same: int
    notes: tuple[Text, ...]


_JUDGED = (State.PASS, State.FAIL, State.NOT_APPLICABLE)
_UNHEARD = ("silent", "interrupted")  # what says nothing of the target: its first answer is not what got worse


def compare(old: Run, new: Run) -> Difference:
    """Return what differs between an older and a newer run, each list worst severity first, then by id.

    Args:
        old: The older run.
        new: The newer one, of the same target or of one like it.
    """
    before = {result.check: result for result in old.results}
    after = {result.check: result for result in new.results}
    lists: dict[str, list[Move]] = {name: [] for name in Difference._fields}
    same = 0
    for id_ in dict.fromkeys([*before, *after]):
        move = _move(before.get(id_), after.get(id_))
        kind = _sort(move)
        if kind:
            lists[kind].append(move)
        else:
            same += 1
        if move.old and move.new and _waivers(move.old) != _waivers(move.new):
            lists["waivers"].append(move)
    moves = {name: tuple(sorted(lists[name], key=_rank)) for name in Difference._fields[:7]}
    return Difference(**moves, same=same, notes=tuple(_find_notes(old, new)))


def _move(old: Result | None, new: Result | None) -> Move:
    result = new or old
    move = Move(result.check if result else "", old, new)
    if old and new and old.state is State.FAIL and new.state is State.FAIL:
        was, now = failing_items(old), failing_items(new)
        if was is not None and now is not None:
            return move._replace(appeared=tuple(sorted(now - was)), gone=tuple(sorted(was - now)))
    return move


def _sort(move: Move) -> str:
    """Return the list that the move belongs to, ``""`` where nothing moved."""
    old, new = move.old, move.new
    if old is None or new is None:
        return "appeared" if old is None else "disappeared"
    if old.state is State.NOT_CHECKED and old.failure in _UNHEARD:
        return "appeared" if new.state is not old.state or new.failure not in _UNHEARD else ""
    if old.state in _JUDGED and new.state not in _JUDGED:
        return "unseen"
    if old.state is not State.FAIL and new.state is State.FAIL:
        return "worse"
    if old.state is State.FAIL and new.state is State.FAIL:
        if move.appeared:
            return "changed" if move.gone else "worse"
        return "better" if move.gone else "changed" if _differ(old, new) else ""
    if old.state not in (State.PASS, State.NOT_APPLICABLE) and new.state in _JUDGED:
        return "better"
    return "changed" if _differ(old, new) else ""


def _differ(old: Result, new: Result) -> bool:
    """Tell whether two results of one state differ in what a reader acts on, measured values aside."""
    if (old.state, old.severity, old.failure, old.incomplete) != (new.state, new.severity, new.failure, new.incomplete):
        return True
    counts = [(r.evidence.failing, r.evidence.undecided) if r.evidence else None for r in (old, new)]
    return new.state is State.FAIL and counts[0] != counts[1]


def _waivers(result: Result) -> tuple[object, ...]:
    return (result.waiver, result.expired_waivers)


def _rank(move: Move) -> tuple[bool, int, str]:
    result = move.new or move.old
    return (not move.regression, result.severity.rank if result else 9, move.check)


def _find_notes(old: Run, new: Run) -> list[Text]:
    notes = []
    if _identity(old) != _identity(new):
        names = f"{old.target.name} → {new.target.name}"
        notes.append(Text(f"the two runs looked at different targets: {names}", f"cibles différentes{COLON}{names}"))
    if (old.role, old.profile) != (new.role, new.profile):
        names = f"{old.role}, {old.profile} → {new.role}, {new.profile}"
        notes.append(Text(f"role or profile differ: {names}", f"rôle ou profil différent{COLON}{names}"))
    if old.engine.privileged and not new.engine.privileged:
        notes.append(Text("the newer run lacked privileges", "le second passage n’avait pas les privilèges"))
    if new.engine.privileged and not old.engine.privileged:
        notes.append(Text("the older run lacked privileges", "le premier passage n’avait pas les privilèges"))
    if old.content != new.content:
        notes.append(Text("checks or their parameters differ", "vérifications ou paramètres différents"))
    for run, en, fr in ((old, "older", "premier"), (new, "newer", "second")):
        if run.unfinished.en:
            told = Text(
                f"INTERRUPTED, the {en} run: {run.unfinished.en}",
                f"INTERROMPU, le {fr} passage{COLON}{run.unfinished.fr}",
            )
            notes.append(told)
        elif run.results and all(r.failure == "silent" and r.state is State.NOT_CHECKED for r in run.results):
            notes.append(Text(f"no answer in the {en} run", f"pas de réponse au {fr} passage"))
    if old.started > new.started:
        notes.append(Text("the first run is the newer one", "le premier passage est le plus récent"))
    return notes


def _identity(run: Run) -> tuple[str, str]:
    """Return what tells one target from another: the machine's id where it has one, else its name."""
    return run.target.kind, run.target.machine_id or run.target.name


def apply_baseline(run: Run, baseline: Run) -> Run:
    """Return the run with those findings marked as known that the baseline holds already: they do not count.

    A finding is known if the check failed there too and every item that fails now failed then. All of both have to be
    known and decided: a finding whose evidence was cut, or that stands beside rows that nobody could decide, counts.

    Args:
        run: The run.
        baseline: What was accepted: an earlier run.
    """
    before = {result.check: result for result in baseline.results}
    results = [result._replace(known=_is_known(result, before.get(result.check))) for result in run.results]
    notes = run.notes
    if _identity(run) != _identity(baseline):
        name = baseline.target.name
        notes += (
            Text(f"the baseline was made of another target: {name}", f"référence d’une autre cible{COLON}{name}"),
        )
    return run._replace(results=results, baseline=f"{baseline.started} {baseline.target.name}", notes=notes)


def _is_known(result: Result, before: Result | None) -> bool:
    if before is None or result.state is not State.FAIL or before.state is not State.FAIL or result.incomplete:
        return False
    now, then = failing_items(result), failing_items(before)
    return now is not None and then is not None and now <= then
