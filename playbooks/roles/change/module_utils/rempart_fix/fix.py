"""One fix after the other: resolved on the live state, done, put into effect, proved; or taken back, each by itself."""

from contextlib import suppress
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence

from .acts import find_kind
from .acts.line import merge
from .contract import NONE, Act, Halfway, Moved, Nothing, Refusal, Show, Text
from .effects import Effect, run_effects
from .fields import differ
from .guard import Guard, expect_timer, needs_timer
from .journal import Entry, Journal
from .paths import find_words, printable
from .place import Place
from .sight import Sight
from .spec import ONCE, SPECS, applies, list_specs
from .together import install_together
from .undo import Row, find_effects, take_back

_TURNS = 3  # how often a fix is resolved anew where somebody else was faster
_ALONE = ("lists", "upgrades", "packages")
"""Specs of what has to be there before the rest is resolved."""
_LAST = ("units", "commands")
"""Specs that come after the effects that are ``first``."""
_LIVE = ("mount", "sysctl")
_BATCH = 256  # careful acts that are written down at once
_ON_DISK = ("folder", "file", "line", "mode")
_MERGED = (("file", "line"), ("file", "mode"), ("line", "line"), ("line", "mode"), ("mode", "mode"))
Fix = Mapping[str, Any]


class Report(NamedTuple):
    """What a fix came to.

    Attributes:
        check: The check.
        shown: Its acts as they read.
        acts: Kind and target of each.
        failed: Why it failed, and was taken back.
        effects: What took effect.
        back: What was taken back.
        reads: Digest of all that it read.
        armed: Whether a timer guards it.
        compared: What could be compared and written only, not exchanged.
    """

    check: str
    shown: List[Show]
    acts: List[Dict[str, str]]
    failed: Text = NONE
    effects: Sequence[Effect] = ()
    back: Sequence[Row] = ()
    reads: str = ""
    armed: bool = False
    compared: Sequence[str] = ()


def resolve(fix: Fix, sight: Sight, only: Optional[Sequence[str]] = None) -> List[Act]:
    """Return the acts that a fix comes to on the live state: those of one file in one.

    Raises:
        Refusal: It can't be done; nothing was written.
    """
    acts: List[Act] = []
    known: Dict[str, List[int]] = {}  # of a fix that walks there may be thousands
    for name, shape in SPECS.items():
        if only is not None and name not in only:
            continue
        for spec in list_specs(fix, name):
            for act in find_kind(shape.kind).resolve(spec, sight) if applies(spec, sight) else ():
                places = known.setdefault(act["target"], [])
                last = next((n for n in places if _is_one(acts[n], act)), None)
                if last is None:
                    places.append(len(acts))
                    acts.append(act)
                else:
                    acts[last] = merge(acts[last], act, sight.place)
    acts = [act for act in acts if act["kind"] not in ("file", "line", "mode") or differ(act["before"], act["after"])]
    return _live_first(acts)


def _live_first(acts: Sequence[Act]) -> List[Act]:
    """Return acts with live settings of the kernel and of mounts before files: an undo takes the files back first.

    A host that is cut off between the two, and started anew, has the values of its files: what no act is known to
    have set live must stand in none.
    """
    first = next((n for n, one in enumerate(acts) if one["kind"] in _ON_DISK), len(acts))
    live = [one for one in acts[first:] if one["kind"] in _LIVE]
    return [*acts[:first], *live, *[one for one in acts[first:] if one["kind"] not in _LIVE]]


def _is_one(one: Act, later: Act) -> bool:
    """Tell whether two acts on one file are written as one."""
    kinds = (one["kind"], later["kind"])
    return one["target"] == later["target"] and kinds in _MERGED and one["after"]["type"] != "absent"


def rehearse(fixes: Sequence[Fix], place: Place, facts: Optional[Dict[str, Any]] = None) -> List[Report]:
    """Return what fixes would do, one after the other, and write nothing: the same acts as are done in earnest."""
    sight = Sight(place, facts)
    reports = []
    for fix in fixes:
        planned = sight.save()
        try:
            acts = resolve(fix, sight)
            if any(needs_timer(act, place) for act in acts):
                expect_timer(place)
        except (Refusal, OSError) as error:
            sight.restore(planned)
            reports.append(Report(fix["check"], [], [], failed=_words(error, place), reads=sight.digest()))
            continue
        shown = [find_kind(act["kind"]).show(act, place) for act in acts]
        reports.append(Report(fix["check"], shown, _names(acts), reads=sight.digest()))
    return reports


def perform(
    fixes: Sequence[Fix],
    journal: Journal,
    guard: Guard,
    facts: Optional[Dict[str, Any]] = None,
    *,
    once: bool = True,
) -> List[Report]:
    """Do fixes, each by itself: one that fails takes back its own acts, and the others go on.

    Without ``once`` what is done but once (an upgrade, a reboot) is left out: it was done already.
    """
    for fix in fixes:
        journal.spec(fix["check"], {name: value for name, value in fix.items() if name != "check" and value})
    came = install_together(fixes, journal, guard, facts)
    left_out = () if once else ONCE
    return [_Run(fix, journal, guard, facts, came.get(fix["check"], []), left_out).run() for fix in fixes]


class _Run:
    """One fix in earnest."""

    def __init__(
        self,
        fix: Fix,
        journal: Journal,
        guard: Guard,
        facts: Optional[Dict[str, Any]],
        came: Sequence[Entry] = (),
        left_out: Sequence[str] = (),
    ) -> None:
        self.fix, self.journal, self.guard, self.facts = fix, journal, guard, facts
        self._stages = _split(fix, left_out)
        self._early: List[Effect] = []
        self.check: str = fix["check"]
        self.place = journal.place
        self.own: List[Entry] = list(came)
        self.shown: List[Show] = [find_kind(one.act["kind"]).show(one.act, self.place) for one in came]
        self.reads = ""

    def run(self) -> Report:
        """Resolve and do, put into effect and prove; or take back."""
        effects: List[Effect] = []
        try:
            self._do_all()
            why = self._take_effect(effects)
        except Exception as error:  # noqa: BLE001  # a fix that fails takes back its own, and the others go on
            why = _words(error, self.place)
        return self._fail(why, effects) if why[0] else self._report(effects=effects)

    def _take_effect(self, effects: List[Effect]) -> Text:
        """Have it count, and return why it does not; ``effects`` gets what took effect."""
        effects += self._early
        if not self.own and not self.journal.owes(self.check):
            return NONE
        self.journal.owe(self.check)
        self.place.tell((f"{self.check}: taking effect", f"{self.check}\u00a0: prise d’effet"))
        left = [one for one in self.fix.get("effects") or [] if not (self._early and one.get("first"))]
        effects += run_effects(left, self.place)
        bad = [one for one in effects if one.word == "failed"]
        if bad:
            en, fr = ("; ".join(f"{one.name}: {one.why[number]}" for one in bad) for number in (0, 1))
            return en, fr
        # what lies in the reach of others may be gone or another by now: the check measures it
        moved = [one for one in self.own if "file" not in one.act and self._look(one) != "after"]
        if moved:
            names = ", ".join(one.act["target"] for one in moved)
            return f"does not stand after it was done: {names}", f"ne tient pas\u00a0: {names}"
        self.journal.pay(self.check)
        return NONE

    def _do_all(self) -> None:
        """What lists say, and what packages bring, has to be there before the rest is resolved."""
        self.place.expect_going()
        for only in self._stages:
            self.place.tell((f"{self.check}: resolving", f"{self.check}\u00a0: résolution"))
            if only is _LAST and self.own:
                self._run_early()
            for turn in range(_TURNS):
                sight = Sight(self.place, self.facts)
                acts = resolve(self.fix, sight, only)
                self.reads = self.reads or sight.digest()
                try:
                    for together in _together(acts):
                        self._do(together)
                    break
                except Moved:
                    if turn == _TURNS - 1:
                        raise

    def _run_early(self) -> None:
        """Run the effects without which the units of this fix must not start.

        Raises:
            Refusal: One fails.
        """
        self.journal.owe(self.check)
        self._early = run_effects(_list_early(self.fix), self.place)
        for one in self._early:
            if one.word == "failed":
                raise Refusal(f"{one.name}: {one.why[0]}", f"{one.name}\u00a0: {one.why[1]}")

    def _do(self, acts: Sequence[Act]) -> None:
        """Do acts that are written down together."""
        self.place.expect_going()
        self.place.tell(_say(self.check, acts[0]))
        own = [dict(act, **{"for": [self.check]}) for act in acts]
        shown = [find_kind(act["kind"]).show(act, self.place) for act in own]
        for act in own:
            self.guard.before(act)
            states = [
                one for one in (act["before"], act["after"]) if isinstance(one, Mapping) and one.get("type") == "file"
            ]
            self.place.keep_all(
                [self.place.read(one["sha256"]) for one in states]
            )  # before it is promised that they come back
        numbers = self.journal.intend_all(own)
        for place, n in enumerate(numbers):
            try:
                self._do_one(n, own[place], shown[place])
            except Exception:
                for later in numbers[place + 1 :]:
                    self.journal.void(later)
                raise

    def _do_one(self, n: int, act: Act, shown: Show) -> None:
        try:
            came = find_kind(act["kind"]).do(act, self.place)
        except Halfway as error:
            self.journal.done(n, error.act)
            self.own.append(self.journal.entries[n])
            raise
        except Nothing:
            self.journal.void(n)
            return
        except (Refusal, OSError):
            self.journal.void(n)
            raise
        self.own.append(self.journal.entries[n])
        try:
            self.journal.done(n, came)
        except Refusal:
            self.own[-1].act = came  # it happened, and is taken back
            raise
        self.shown.append(shown)

    def _look(self, entry: Entry) -> str:
        word: str = find_kind(entry.act["kind"]).look(entry.act, self.place)
        return word

    def _fail(self, why: Text, effects: Sequence[Effect]) -> Report:
        """Take back what this run has done, newest first; services read their old files again."""
        self.place.tell((f"{self.check}: taking it back", f"{self.check}\u00a0: annulation"))
        back = take_back(self.journal, self.own[::-1])
        if self.own and self.journal.owes(self.check):
            effects = [*effects, *run_effects(find_effects(self.journal, [self.check]), self.place)]
        with suppress(Refusal):  # what can't be noted is found out by the next run
            if self.journal.owes(self.check):
                self.journal.pay(self.check)
            self.journal.fail(self.check, why)
        return self._report(failed=why, effects=effects, back=back)

    def _report(self, failed: Text = NONE, effects: Sequence[Effect] = (), back: Sequence[Row] = ()) -> Report:
        acts = [one.act for one in self.own]
        compared = [act["target"] for act in acts if act.get("how") == "compare"]
        return Report(
            self.check, self.shown, _names(acts), failed, effects, back, self.reads, self.guard.armed, compared
        )


def _together(acts: Sequence[Act]) -> Iterator[Sequence[Act]]:
    """Yield acts as they are written down: careful ones, of which there may be thousands, many at once."""
    batch: List[Act] = []
    for act in acts:
        if batch and ("file" not in act or len(batch) == _BATCH):
            yield batch
            batch = []
        if "file" in act:
            batch.append(act)
        else:
            yield [act]
    if batch:
        yield batch


def _split(fix: Fix, left_out: Sequence[str]) -> List[Sequence[str]]:
    """Return the names of a fix's specs by the stages in which they are resolved and done."""
    stages: List[Sequence[str]] = [[name] for name in _ALONE if fix.get(name) and name not in left_out]
    last = _LAST if _list_early(fix) else ()
    rest = [name for name in SPECS if name not in _ALONE and name not in last and name not in left_out]
    return [*stages, rest, *([last] if last else [])]


def _list_early(fix: Fix) -> List[Mapping[str, Any]]:
    return [one for one in fix.get("effects") or [] if one.get("first")]


def _names(acts: Sequence[Act]) -> List[Dict[str, str]]:
    return [{"kind": act["kind"], "target": act["target"]} for act in acts]


def _say(check: str, act: Act) -> Text:
    """Return what is being done, for whoever waits."""
    en, fr = ("changing", "modification de")
    if act["kind"] == "package":
        en, fr = ("removing", "retrait de") if act.get("removal") else ("installing", "installation de")
    target = printable(str(act["target"]))
    return f"{check}: {en} {target}", f"{check}\u00a0: {fr} {target}"


def _words(error: BaseException, place: Place) -> Text:
    if isinstance(error, (Refusal, OSError)):
        return find_words(error, place.folder)  # what names no file is written into the change's own
    text = f"{type(error).__name__}: {error}"
    return text, text
