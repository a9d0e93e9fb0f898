"""What a shell has set at a moment: values that may be unknown, and how two ways that a script may take are joined."""

from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple, Union

from rempart_agent.said import Why


class Unknown(NamedTuple):
    """A value that can't be told.

    Attributes:
        why: Why.
        filled: Whether it is surely not empty.
        either: All that it can be, where that is known; ``""`` for not set.
    """

    why: str
    filled: bool = False
    either: FrozenSet[str] = frozenset()


Value = Union[str, None, Unknown]  # None: not set
UMASK = "umask"  # kept beside the variables: no variable has a blank or is asked for by this name
WATCHED = ("TMOUT",)


class Before(NamedTuple):
    """What a variable was before a function made one of its name."""

    value: Value
    fixed: Optional[bool]
    where: Optional[Tuple[str, int]]


class State:
    """Variables, functions and the mask of one way through the start-up files."""

    def __init__(self) -> None:
        """Begin with nothing set."""
        self.values: Dict[str, Value] = {}
        self.mask: Value = None
        self.fixed: Dict[str, Optional[bool]] = {}
        self.functions: Dict[str, object] = {}
        self.where: Dict[str, Tuple[str, int]] = {}
        self.arguments: Value = Unknown("arguments")
        self.given: Tuple[Value, ...] = ()  # to the function that runs: $1 and so on, where they are known
        self.locals: List[Dict[str, Before]] = []  # of each function that runs

    def copy(self) -> "State":
        """Return another that begins as this one is."""
        other = State()
        other.values, other.mask, other.fixed = dict(self.values), self.mask, dict(self.fixed)
        other.functions, other.where, other.arguments = dict(self.functions), dict(self.where), self.arguments
        other.given = self.given
        other.locals = [dict(frame) for frame in self.locals]
        return other

    def get(self, name: str) -> Value:
        """Return a variable; one that nothing has set may come from the environment, but for those that are watched."""
        if name in self.values:
            return self.values[name]
        return None if name in WATCHED else Unknown(Why("${name} is not known", name=name))

    def is_local(self, name: str) -> bool:
        """Tell whether a variable is local to a function that runs."""
        return any(name in frame for frame in self.locals)

    def make_local(self, name: str) -> bool:
        """Keep what a variable was before the function that runs made one of its name; False where it did already."""
        if not self.locals or name in self.locals[-1]:
            return False
        self.locals[-1][name] = Before(self.get(name), self.fixed.get(name, False), self.where.get(name))
        return True

    def leave(self) -> None:
        """Leave a function: what is local to it is again what it was before."""
        for name, before in self.locals.pop().items():
            self.values[name], self.fixed[name] = before.value, before.fixed
            if before.where:
                self.where[name] = before.where
            else:
                self.where.pop(name, None)

    def spoil(self, why: str, watched: bool = True) -> None:
        """Forget what is known: something ran that is not understood. What is fixed stays.

        Args:
            why: What ran, for the reason of what is unknown from then on.
            watched: Whether it may have changed the mask and ``WATCHED`` too; these are then not even surely open to
                change.
        """
        for name in list(self.values):
            if self.fixed.get(name) is not True and (watched or name not in WATCHED):
                self.values[name] = Unknown(why)
        if watched:
            self.mask = Unknown(why)
            for name in WATCHED:
                if self.fixed.get(name) is not True:
                    self.values[name] = Unknown(why)
                    self.fixed[name] = None
                for frame in self.locals:
                    if name in frame and frame[name].fixed is not True:
                        frame[name] = Before(Unknown(why), None, frame[name].where)
        self.functions = dict.fromkeys(self.functions)


def joined(states: List[State], why: str) -> State:
    """Return one state for several ways: what they leave alike stays, the rest is unknown.

    Args:
        states: At least one. The first is returned itself where it is the only one; else none of them is changed.
        why: The reason of what is unknown from then on.
    """
    first = states[0]
    if len(states) == 1:
        return first
    found = first.copy()
    for name in {name for state in states for name in state.values}:
        found.values[name] = _join([state.get(name) for state in states], why)
    found.mask = _join([state.mask for state in states], why)
    for name in {name for state in states for name in state.fixed}:
        kinds = {state.fixed.get(name, False) for state in states}
        found.fixed[name] = kinds.pop() if len(kinds) == 1 else None
    for name in {name for state in states for name in state.functions}:
        kept = [state.functions.get(name, found) for state in states]
        found.functions[name] = kept[0] if all(k is kept[0] for k in kept) else None
    for state in states[1:]:
        for name, place in state.where.items():
            found.where.setdefault(name, place)
    for at, frame in enumerate(found.locals):
        for name in {name for state in states for name in state.locals[at]}:
            before = [state.locals[at].get(name) for state in states]
            same = before[0] if before.count(before[0]) == len(before) else None
            frame[name] = same or Before(Unknown(why), None, None)
    found.given = first.given if all(state.given == first.given for state in states) else ()
    found.arguments = _join([state.arguments for state in states], why)
    return found


def _join(values: List[Value], why: str) -> Value:
    if all(value == values[0] for value in values):
        return values[0]
    reason = next((v.why for v in values if isinstance(v, Unknown)), why)
    filled = all(v.filled if isinstance(v, Unknown) else bool(v) for v in values)
    ways = [v.either if isinstance(v, Unknown) else frozenset({v or ""}) for v in values]
    return Unknown(reason, filled, frozenset().union(*ways) if all(ways) else frozenset())
