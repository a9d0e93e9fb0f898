"""All ends that a stack can come to, over everything that its modules can return.

Source: Linux-PAM ``libpam/pam_dispatch.c`` (``_pam_dispatch_aux``); 1.5.2 and 1.7.0 are the same here.
"""

from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models.pam import syntax
from rempart_agent.models.pam.facts import (
    ANEW,
    ENTERED,
    FOREIGN,
    GUESSED,
    HISTORY,
    KNOWN,
    LOCAL,
    QUALITY,
    REFUSED,
    REPEATED,
    SET,
    SKIPPED,
    UNKNOWN,
    Outcome,
)
from rempart_agent.models.pam.handlers import FAILS, SUBSTACK, WILD, Handler, Stack

MOST = 50_000  # states; a stack beyond is unknown
_UNDEFINED, _POSITIVE, _NEGATIVE = 0, 1, -1
_START = (_UNDEFINED, 0)

Saved = Tuple[Tuple[int, int], ...]
Know = Callable[[Handler], Optional[Tuple[Outcome, ...]]]


class State(NamedTuple):
    """Where a walk is.

    Attributes:
        at: The handler that comes next, by its place.
        impression: libpam's word: undefined, positive, negative.
        good: Whether the status is success.
        saved: Impression and status at the start of each substack that the walk is in.
        previous: The level of the handler before.
        bits: What the path has seen.
    """

    at: int
    impression: int
    good: int
    saved: Saved
    previous: int
    bits: int


class End(NamedTuple):
    """An end of a stack: whether libpam says success, what the path has seen, and the state to trace it by."""

    success: bool
    bits: int
    state: State


class Step(NamedTuple):
    """One call of a path: the handler, and what it returned."""

    handler: Handler
    code: int


class Walk(NamedTuple):
    """What a search found.

    Attributes:
        ends: Every end.
        came: How each state was reached.
        chance: Whether a handler was met whose control libpam leaves to chance.
        unknown: Modules that were met and that nobody knows.
    """

    ends: Tuple[End, ...]
    came: Dict[State, Tuple[Optional[State], Optional[Step]]]
    chance: bool
    unknown: Tuple[str, ...]

    def path(self, end: End) -> List[Step]:
        """Return the calls that led to an end."""
        steps: List[Step] = []
        state: Optional[State] = end.state
        while state is not None:
            state, step = self.came[state]
            if step is not None:
                steps.append(step)
        return steps[::-1]


def walk(stack: Stack, know: Know, guess: bool) -> Walk:
    """Search a stack breadth-first.

    Args:
        stack: The handlers.
        know: Returns what a handler's module can return, or None where nobody knows.
        guess: Go on behind a module that nobody knows, as if it could return anything and proved nothing; else the
            walk ends there.

    Raises:
        Unclear: more states than a search may have.
    """
    known = [_transitions(h, know) for h in stack]
    start = State(0, *_START, (), 0, 0)
    came: Dict[State, Tuple[Optional[State], Optional[Step]]] = {start: (None, None)}
    front = [start]
    ends: List[End] = []
    unknown: Dict[str, None] = {}
    chance = False
    while front:
        following: List[State] = []
        for state in front:
            if state.at >= len(stack):
                ends.append(End(bool(state.good and state.impression == _POSITIVE), state.bits, state))
                continue
            handler, moves = stack[state.at], known[state.at]
            if handler.does == WILD:
                chance = True
                continue
            if moves is None:
                unknown[handler.module] = None
                if not guess:
                    continue
                moves = _grouped(handler, UNKNOWN)
            for next_state, code in _next(stack, state, moves):
                if next_state not in came:
                    came[next_state] = state, None if code is None else Step(handler, code)
                    following.append(next_state)
        if len(came) > MOST:
            raise syntax.Unclear("more than {most} states", most=MOST)
        front = following
    return Walk(tuple(ends), came, chance, tuple(unknown))


_Moves = Tuple[Tuple[int, int, int, int], ...]
"""Action, whether it is success, what it proves, and one return code of these."""


def _transitions(handler: Handler, know: Know) -> Optional[_Moves]:
    if handler.does == FAILS:
        return _grouped(handler, (Outcome(syntax.PERM_DENIED, 0),))
    if handler.does in (SUBSTACK, WILD):
        return ()
    outcomes = know(handler)
    return None if outcomes is None else _grouped(handler, outcomes)


def _grouped(handler: Handler, outcomes: Tuple[Outcome, ...]) -> _Moves:
    """Return what a handler can do: codes of one action, one meaning and one proof count once."""
    found: Dict[Tuple[int, int, int], int] = {}
    for code, bits in outcomes:
        found.setdefault((handler.actions[code], int(code == syntax.SUCCESS), bits), code)
    return tuple((*key, code) for key, code in found.items())


def _next(stack: Stack, state: State, moves: _Moves) -> Iterator[Tuple[State, Optional[int]]]:
    handler = stack[state.at]
    level = handler.level
    saved = state.saved[:level]
    if state.previous < level:
        saved = (*state.saved[: level - 1], *(_START,) * (level - 1 - len(state.saved)), (state.impression, state.good))
    if handler.does == SUBSTACK:
        yield State(state.at + 1, state.impression, state.good, saved, level, state.bits), None
        return
    for action, success, proof, code in moves:
        impression, good, at = state.impression, state.good, state.at + 1
        if action == syntax.RESET:
            impression, good = saved[level - 1] if level else _START
        elif action in (syntax.OK, syntax.DONE):
            if impression == _UNDEFINED or (impression == _POSITIVE and good):
                impression, good = _POSITIVE, success
            if impression == _POSITIVE and action == syntax.DONE:
                at = _leave(stack, at, level)
        elif action in (syntax.BAD, syntax.DIE):
            if impression != _NEGATIVE:
                impression, good = _NEGATIVE, success
            if action == syntax.DIE:
                at = _leave(stack, at, level)
        elif action > 0:
            at, left = _jump(stack, at, level, action)
            if left:
                impression, good = _NEGATIVE, 0
        if action not in (
            syntax.BAD,
            syntax.DIE,
        ):  # a stack that goes on as if nothing was refused is taken at its word
            proof &= ~REFUSED
        yield State(at, impression, good, saved, level, seen(state.bits, proof)), code


def seen(bits: int, proof: int) -> int:
    """Return what a path has seen after one more proof.

    A password that a directory takes is no guess at the local one. One that is set before quality, or before history,
    skipped it. Whoever is not in /etc/passwd (pam_localuser) has no local password to set. A password that was refused
    is taken away: who only sets what was entered before has none, until another is asked for.

    Args:
        bits: What the path has seen before, as bits of ``facts``.
        proof: What one more module proves, as bits of ``facts``.
    """
    if bits & FOREIGN:
        proof &= ~SET
    if proof & ENTERED and bits & REFUSED:
        proof &= ~(SET | HISTORY)
    if proof & ANEW:
        bits &= ~REFUSED
    proof &= ~(ANEW | ENTERED)
    if proof & SET and not bits & QUALITY:
        proof |= SKIPPED
    if proof & SET and not (bits | proof) & HISTORY:
        proof |= REPEATED
    if proof & KNOWN and not proof & LOCAL:
        bits &= ~GUESSED
    return bits | proof


def _leave(stack: Stack, at: int, level: int) -> int:
    """Return the place behind the substack in which a decision was made."""
    while at < len(stack) and stack[at].level >= level:
        at += 1
    return at


def _jump(stack: Stack, at: int, level: int, count: int) -> Tuple[int, int]:
    """Return the place after a jump, and how much of it was left at the end of the substack."""
    while at < len(stack) and stack[at].level >= level and count > 0:
        at += 1
        while at < len(stack) and stack[at].level > level:
            at += 1
        count -= 1
    return at, count
