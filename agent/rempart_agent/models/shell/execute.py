"""Runs what ``syntax`` reads, on values that may be unknown: both arms of a condition that can't be told are run."""

import functools
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from rempart_agent.models.shell import builtins, condition, expand
from rempart_agent.models.shell.nodes import Compound, Node, Simple, Strange
from rempart_agent.models.shell.state import State, Unknown, Value, joined
from rempart_agent.models.shell.syntax import Parser
from rempart_agent.said import Why

MAX_STEPS = 20_000
MAX_CALLS = 25
GO, RETURN, EXIT, BREAK, CONTINUE, FAULT = "go", "return", "exit", "break", "continue", "fault"
Ways = Dict[str, Tuple[State, Optional[bool]]]
"""Where a command may lead: each way with what is set then, and whether the command succeeded (None: not known)."""


@functools.lru_cache(maxsize=32)
def _understood(text: str, line: int) -> Tuple[Node, ...]:
    """Return the commands of a text; each account's login reads the same files."""
    return tuple(Parser(text, line).units())


class World(NamedTuple):
    """The files that a shell sees.

    Attributes:
        read: A file's text, None where there is none.
        kind: ``file``, ``directory``, ``other``, or None where nothing is there.
        names: The names in a directory, in order.
        readable: Whether the account may surely read a file.
    """

    read: Callable[[str], Optional[str]]
    kind: Callable[[str], Optional[str]]
    names: Callable[[str], List[str]]
    readable: Callable[[str], bool]


class Shell:
    """One login of one account."""

    def __init__(self, dialect: str, name: str, uid: int, world: World) -> None:
        """Begin a login; no file is read yet.

        Args:
            dialect: ``bash``, ``dash``, ``zsh`` or ``ksh``.
            name: The account's name.
            uid: Its user id.
            world: The files that it sees.
        """
        self.dialect = dialect
        self.name = name
        self.uid = uid
        self.world = world
        self.path = ""
        self.as_sh = False  # zsh within emulate sh
        self.strange = ""  # why nothing is known at the end
        self.calls = 0
        self.perhaps = False  # the command that runs may end in a fault
        self._steps = 0

    def file(self, path: str, state: State) -> Ways:
        """Run a file: what follows a ``return`` is not run, and a fault ends what this shell lets it end.

        Args:
            path: The file.
            state: Before it.
        """
        text = self.world.read(path)
        if text is None:
            return {FAULT if (self.dialect == "dash" and self.calls) or self.as_sh else GO: (state, False)}
        if path.startswith("/usr/share/bash-completion/"):
            return {GO: (state, None)}  # the package's: completions, and none of what is asked here
        before, self.path = self.path, path
        self.calls += 1
        try:
            ways = self.text(text, state)
        finally:
            self.path = before
            self.calls -= 1
        if RETURN in ways:
            _add(ways, GO, ways.pop(RETURN))
        return self.past_fault(ways) if self.dialect == "zsh" else ways

    def text(self, text: str, state: State, line: int = 1) -> Ways:
        """Run a text, line by line as it would be read.

        Args:
            text: The text.
            state: Before it.
            line: The number of its first line.
        """
        if self.calls > MAX_CALLS:
            state.spoil(Why("{path}: files that call one another", path=self.path))
            return {GO: (state, None)}
        try:
            units = _understood(text, line)
        except Strange as error:
            doubtful = builtins.may_change(text)
            state.spoil("{}: {}".format(self.path, error), watched=doubtful)
            return {GO: (state, None), **({EXIT: (state, None)} if doubtful and "exit" in text else {})}
        return self._run(units, state, whole_text=True)

    def _run(self, nodes: Iterable[Node], state: State, whole_text: bool = False) -> Ways:
        """Run commands one after another, as far as they go on."""
        found: Ways = {}
        current: Tuple[State, Optional[bool]] = (state, True)
        for node in nodes:
            ways = self.node(node, current[0])
            if whole_text and FAULT in ways and self.dialect == "bash":
                _add(ways, GO, ways.pop(FAULT))  # the rest of its line is not run, the next one is
            go = ways.pop(GO, None)
            for signal, way in ways.items():
                _add(found, signal, way)
            if go is None:
                return found
            current = go
        _add(found, GO, current)
        return found

    def node(self, node: Node, state: State) -> Ways:
        """Run one command.

        Args:
            node: The command.
            state: Before it.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            state.spoil(Why("the start-up files run for too long"))
            return {GO: (state, None)}
        before, self.perhaps = self.perhaps, False
        try:
            if isinstance(node, Simple):
                ways = builtins.simple(self, node, state)
            else:
                run: Callable[[Compound, State], Ways] = getattr(self, "_" + node.kind)
                ways = run(node, state)
        except expand.Fault:
            ways = {FAULT: (state, False)}
        if self.perhaps:
            lost = state.copy()
            lost.spoil(Why("whether a fault ended it is not known"))
            _add(ways, FAULT, (lost, False))
        self.perhaps = before
        return ways

    def _list(self, node: Compound, state: State) -> Ways:
        return self._run(node.parts, state)  # type: ignore[arg-type]

    def _not(self, node: Compound, state: State) -> Ways:
        ways = self.node(node.parts[0], state)  # type: ignore[arg-type]
        if GO in ways:
            ways[GO] = (ways[GO][0], condition.no(ways[GO][1]))
        return ways

    def _andor(self, node: Compound, state: State) -> Ways:
        first, rest = node.parts
        found = self.node(first, state)  # type: ignore[arg-type]
        for operator, part in rest:  # type: ignore[attr-defined]
            go = found.pop(GO, None)
            if go is None:
                break
            wanted = operator == "&&"
            if go[1] is None or go[1] is not wanted:
                _add(found, GO, (go[0].copy() if go[1] is None else go[0], go[1] if go[1] is not None else not wanted))
            if go[1] is None or go[1] is wanted:
                for signal, way in self.node(part, go[0]).items():
                    _add(found, signal, way)
        return found

    def _subshell(self, node: Compound, state: State) -> Ways:
        ways = self.node(node.parts[0], state.copy())  # type: ignore[arg-type]
        statuses = {status for _, status in ways.values()}
        return {GO: (state, statuses.pop() if list(ways) == [GO] else None)}

    def _pipe(self, node: Compound, state: State) -> Ways:
        for part in node.parts[:-1]:
            self.node(part, state.copy())  # type: ignore[arg-type]
        last: Node = node.parts[-1]  # type: ignore[assignment]
        if self.dialect in ("zsh", "ksh"):
            return self.node(last, state)  # not in a shell of its own
        self.node(last, state.copy())
        return {GO: (state, None)}

    def _if(self, node: Compound, state: State) -> Ways:
        arms, last = node.parts
        found: Ways = {}
        current = state
        for test, body in arms:  # type: ignore[attr-defined]
            ways = self.node(test, current)
            go = ways.pop(GO, None)
            for signal, way in ways.items():
                _add(found, signal, way)
            if go is None:
                return found
            if go[1] is not False:
                inner = go[0].copy() if go[1] is None else go[0]
                for signal, way in self.node(body, inner).items():
                    _add(found, signal, way)
            if go[1] is True:
                return found
            current = go[0]
        rest: Ways = {GO: (current, True)} if last is None else self.node(last, current)  # type: ignore[arg-type]
        for signal, way in rest.items():
            _add(found, signal, way)
        return found

    def _case(self, node: Compound, state: State) -> Ways:
        word, arms = node.parts
        found: Ways = {}
        falling: Optional[State] = None
        for patterns, body, end in arms:  # type: ignore[attr-defined]
            said: Optional[bool] = False
            for wanted in patterns:
                said = condition.either(said, condition.fits(self, state, word, wanted))  # type: ignore[arg-type]
            if said is False and falling is None:
                continue
            inner = falling or state.copy()
            falling = None
            ways = self.node(body, inner)
            if end in (";&", ";;&") and GO in ways:
                state.spoil(Why("a case that goes on"))
            for signal, way in ways.items():
                _add(found, signal, way)
            if said:
                return found
        _add(found, GO, (state, True))
        return found

    def _for(self, node: Compound, state: State) -> Ways:
        name, words, body = node.parts
        known = None if words is None else expand.listed(self, state, words)  # type: ignore[arg-type]
        if known != [] and state.fixed.get(str(name), False) is not False:
            if known is None or state.fixed[str(name)] is None:
                self.perhaps = True
            elif self.dialect != "bash":
                raise expand.Fault(name)
            else:
                return {GO: (state, False)}
        if known is None or len(known) > 200:
            return self._again(state, body, lambda s: s.values.update({str(name): Unknown("a loop")}))  # type: ignore[arg-type]
        found: Ways = {}
        current: Optional[State] = state
        done: List[State] = []
        for item in known:
            if current is None:
                break
            current.values[str(name)] = item
            ways = self.node(body, current)  # type: ignore[arg-type]
            current = self._after(ways, found, done)
        ends = done + ([current] if current is not None else [])
        if ends:
            _add(found, GO, (joined(ends, "a loop"), None if known else True))
        return found

    def _after(self, ways: Ways, found: Ways, done: List[State]) -> Optional[State]:
        """Sort the ways out of a loop's body: those that go on are returned as one."""
        on = [ways.pop(signal)[0] for signal in (GO, CONTINUE) if signal in ways]
        if BREAK in ways:
            done.append(ways.pop(BREAK)[0])
        for signal, way in ways.items():
            _add(found, signal, way)
        return joined(on, "a loop") if on else None

    def _while(self, node: Compound, state: State) -> Ways:
        test, body = node.parts
        whole = Compound("list", (test, body), node.line)
        first = self.node(test, state.copy()).get(GO)  # type: ignore[arg-type]
        if first and first[1] is False:
            return {GO: (first[0], True)}
        return self._again(state, whole, lambda _: None, sure=bool(first and first[1]))

    def _again(self, state: State, body: Node, prepare: Callable[[State], object], sure: bool = False) -> Ways:
        """Run a body any number of times: what it changes is unknown unless it ends up the same."""
        found: Ways = {}
        done: List[State] = []
        current: Optional[State] = state
        seen = [] if sure else [state.copy()]
        for _ in range(3):
            if current is None:
                break
            prepare(current)
            current = self._after(self.node(body, current), found, done)
            if current is not None:
                seen.append(current.copy())
                current = joined([s.copy() for s in seen], "a loop")
        ends = done + seen
        if ends:
            _add(found, GO, (joined(ends, "a loop"), None))
        return found

    def _function(self, node: Compound, state: State) -> Ways:
        state.functions[str(node.parts[0])] = node.parts[1]
        return {GO: (state, True)}

    def _double(self, node: Compound, state: State) -> Ways:
        if self.dialect == "dash":
            return {GO: (state, False)}  # no such command
        return {GO: (state, condition.double(self, state, node.parts))}  # type: ignore[arg-type]

    def _arithmetic(self, node: Compound, state: State) -> Ways:
        expand.changed(self, state, str(node.parts[0]))
        return {GO: (state, None)}

    def call(self, body: Node, state: State, given: Tuple[Value, ...] = ()) -> Ways:
        """Call a function: a ``return`` ends it, and what is local to it ends with it.

        Args:
            body: The function's.
            state: Before it.
            given: What it is given, where each is known; none else.
        """
        if self.calls > MAX_CALLS:
            state.spoil(Why("functions that call one another"))
            return {GO: (state, None)}
        self.calls += 1
        state.locals.append({})
        before, state.given = state.given, given
        ways = self.node(body, state)
        self.calls -= 1
        if RETURN in ways:
            _add(ways, GO, ways.pop(RETURN))
        for after in {id(after): after for after, _ in ways.values()}.values():
            after.leave()
            after.given = before
        return ways

    def past_fault(self, ways: Ways) -> Ways:
        """Return ways that go on after a fault; within ``emulate`` it is not known what zsh does then."""
        if FAULT in ways:
            state, _ = ways.pop(FAULT)
            if self.as_sh:
                state.spoil(Why("a fault within emulate"))
            _add(ways, GO, (state, False))
        return ways


def _add(ways: Ways, signal: str, way: Tuple[State, Optional[bool]]) -> None:
    """Add a way, joined to one that is there already."""
    if signal not in ways:
        ways[signal] = way
        return
    state, status = ways[signal]
    ways[signal] = (joined([state, way[0]], "a condition"), status if status == way[1] else None)
