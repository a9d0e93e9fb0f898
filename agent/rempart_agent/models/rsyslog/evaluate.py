"""Where a message goes: the rules of rsyslog, carried out for all facilities and priorities at once.

What a condition makes of a message is known where its properties are given, else it may go both ways. A set of
priorities is an int of :mod:`~.selector`.
"""

from typing import Dict, List, NamedTuple, Optional, Tuple, Union

from rempart_agent.models.rsyslog import syntax
from rempart_agent.models.rsyslog.lexer import Unclear
from rempart_agent.models.rsyslog.selector import ALL, FACILITIES, SEVERITIES, mask
from rempart_agent.models.rsyslog.syntax import Action, Configuration, Expression, Script

MAX_STEPS = 200_000
_BY_PRIORITY = [
    "pri",
    "pri-text",
    "syslogfacility",
    "syslogseverity",
    "syslogpriority",
    "syslogfacility-text",
    "syslogseverity-text",
    "syslogpriority-text",
]

Value = Union[str, int, None]
"""A text, a number, or None: unknown."""


class Reach(NamedTuple):
    """Which priorities reach an action: for certain, and perhaps."""

    certain: int
    possible: int


class Walk:
    """Carries out the rules for messages of given properties."""

    def __init__(self, configuration: Configuration, facts: Dict[str, str]) -> None:
        """Take the configuration, and the properties of the message that are known.

        Args:
            configuration: The configuration.
            facts: Text by the property's name.
        """
        self._rules = configuration.rulesets
        self._facts = facts
        self._steps = 0
        self.found: Dict[int, Reach] = {}  # by id of the action

    def run(self, name: str) -> None:
        """Carry out a ruleset."""
        if name not in self._rules:
            raise Unclear("the ruleset {name} is not there", name=name)
        self._script(self._rules[name].script, ALL, ALL, 0)

    def _script(self, script: Script, certain: int, possible: int, depth: int) -> Tuple[int, int]:
        """Carry out statements; return which priorities come out at the end, for certain and perhaps."""
        for one in script:
            self._steps += 1
            if self._steps > MAX_STEPS or depth > 60:
                raise Unclear("rules without end")
            if not possible:
                break
            if isinstance(one, Action):
                before = self.found.get(id(one), Reach(0, 0))
                sure = 0 if one.unsure else certain
                self.found[id(one)] = Reach(before.certain | sure, before.possible | possible)
            elif isinstance(one, syntax.Nothing):
                continue
            elif isinstance(one, syntax.Stop):
                certain = possible = 0
            elif isinstance(one, syntax.Call):
                certain, possible = self._call(one, certain, possible, depth)
            elif isinstance(one, syntax.Priority):
                certain, possible = self._branch(*one.taken, one.then, [], certain, possible, depth)
            elif isinstance(one, syntax.Property):
                certain, possible = self._branch(*self._filter(one), one.then, [], certain, possible, depth)
            elif isinstance(one, syntax.If):
                yes, no = self._condition(one.condition)
                certain, possible = self._branch(yes, no, one.then, one.otherwise, certain, possible, depth)
            else:
                certain, possible = self._branch(0, 0, one.body, [], certain, possible, depth)
        return certain, possible

    def _branch(
        self, yes: int, no: int, then: Script, otherwise: Script, certain: int, possible: int, depth: int
    ) -> Tuple[int, int]:
        unknown = ALL & ~yes & ~no
        out_then = self._script(then, certain & yes, possible & yes, depth + 1)
        out_else = self._script(otherwise, certain & no, possible & no, depth + 1)
        maybe_then = maybe_else = (0, 0)
        if possible & unknown:
            maybe_then = self._maybe(then, certain & unknown, possible & unknown, depth)
            maybe_else = self._maybe(otherwise, certain & unknown, possible & unknown, depth)
        sure = out_then[0] | out_else[0] | (maybe_then[0] & maybe_else[0])
        return sure, out_then[1] | out_else[1] | maybe_then[1] | maybe_else[1]

    def _maybe(self, script: Script, certain: int, possible: int, depth: int) -> Tuple[int, int]:
        """Carry out what may be carried out: its actions are reached perhaps, and what comes out may be certain."""
        kept = dict(self.found)
        out = self._script(script, certain, possible, depth + 1)
        for key, reach in self.found.items():
            self.found[key] = Reach(kept.get(key, Reach(0, 0)).certain, reach.possible)
        return out

    def _call(self, call: syntax.Call, certain: int, possible: int, depth: int) -> Tuple[int, int]:
        if not call.name:
            for ruleset in self._rules.values():
                if depth < 4:
                    self._maybe(ruleset.script, 0, possible, depth)
            return 0, possible
        if call.name not in self._rules:  # rsyslogd says so, and leaves the call out
            return certain, possible
        ruleset = self._rules[call.name]
        if not ruleset.queued and ruleset.script and self._is_dropped(ruleset.script[0]):
            # rsyslogd takes the statement away and keeps calling it: what happens to the message is chance
            self._maybe(ruleset.script, 0, possible, depth)
            return 0, possible
        out = self._script(ruleset.script, certain, possible, depth + 1)
        return (certain, possible) if ruleset.queued else out

    def _is_dropped(self, one: syntax.Statement) -> bool:
        return (
            isinstance(one, syntax.Nothing)
            or (isinstance(one, syntax.Call) and one.name not in self._rules)
            or (isinstance(one, Action) and bool(one.unsure))
        )

    def _filter(self, one: syntax.Property) -> Tuple[int, int]:
        def holds(priority: int) -> Optional[bool]:
            value = self._property(one.name, priority)
            if value is None:
                return None
            answer = compare(one.operation, value, one.value)
            return answer if answer is None else answer != one.negated

        return self._each(holds, one.name in _BY_PRIORITY)

    def _condition(self, expression: Expression) -> Tuple[int, int]:
        return self._each(lambda p: truth(self._value(expression, p)), _names_priority(expression))

    def _each(self, holds: "object", by_priority: bool) -> Tuple[int, int]:
        if not by_priority:
            answer = holds(0)  # type: ignore[operator]
            return (ALL if answer else 0, ALL if answer is False else 0)
        yes = no = 0
        for priority in range(192):
            answer = holds(priority)  # type: ignore[operator]
            yes |= (answer is True) << priority
            no |= (answer is False) << priority
        return yes, no

    def _property(self, name: str, priority: int) -> Optional[str]:
        facility, severity = priority >> 3, priority & 7
        known = {
            "pri": str(priority),
            "syslogfacility": str(facility),
            "syslogseverity": str(severity),
            "syslogpriority": str(severity),
            "syslogfacility-text": FACILITIES[facility],
            "syslogseverity-text": SEVERITIES[severity],
            "syslogpriority-text": SEVERITIES[severity],
            "pri-text": "{}.{}".format(FACILITIES[facility], SEVERITIES[severity]),
        }
        if name in _BY_PRIORITY:
            return known[name]
        return self._facts.get(name)

    def _value(self, expression: Expression, priority: int) -> Value:
        if isinstance(expression, (syntax.Text, syntax.Number)):
            return expression.value
        if isinstance(expression, syntax.Variable):
            return self._property(expression.name, priority)
        if isinstance(expression, syntax.Function):
            return self._function(expression, priority)
        if isinstance(expression, syntax.Texts):
            return None
        return self._operation(expression, priority)

    def _function(self, call: syntax.Function, priority: int) -> Value:
        first = call.arguments[0] if len(call.arguments) == 1 else None
        if call.name == "prifilt" and isinstance(first, syntax.Text):
            bits = mask(first.value)
            return None if bits is None or not (bits.yes | bits.no) >> priority & 1 else bits.yes >> priority & 1
        if call.name in ("tolower", "strlen") and first is not None:
            value = self._value(first, priority)
            if isinstance(value, str):
                return value.lower() if call.name == "tolower" else len(value)
        return None

    def _operation(self, one: syntax.Operation, priority: int) -> Value:
        if one.operator == "not":
            answer = truth(self._value(one.right, priority))
            return None if answer is None else int(not answer)
        if one.left is None or one.operator in "+-*/%&=":
            return None
        if one.operator in ("and", "or"):
            return self._both(one.operator, one.left, one.right, priority)
        left = self._value(one.left, priority)
        if left is None:
            return None
        if isinstance(one.right, syntax.Texts):
            if not isinstance(left, str):
                return None
            answers = [compare(one.operator, left, text) for text in one.right.values]
            if one.operator in ("!=", "<>"):
                return int(all(answers)) if None not in answers else None
            if one.operator in ("<", ">", "<=", ">="):
                return None
            return None if None in answers else int(any(answers))
        right = self._value(one.right, priority)
        found = None if right is None else _compared(one.operator, left, right)
        return None if found is None else int(found)

    def _both(self, operator: str, left: Expression, right: Expression, priority: int) -> Value:
        answers = truth(self._value(left, priority)), truth(self._value(right, priority))
        decided = operator == "or"
        if decided in answers:
            return int(decided)
        return None if None in answers else int(not decided)


def reach(configuration: Configuration, facts: Optional[Dict[str, str]] = None) -> "List[Tuple[Action, Reach]]":
    """Return each action that a message of this machine may reach, with the priorities that do.

    Args:
        configuration: The configuration.
        facts: Text by the property's name; None for a message of which nothing is known.
    """
    walk = Walk(configuration, facts or {})
    walk.run(configuration.default)
    doubt = configuration.unsure
    return [
        (one, Reach(0 if doubt else found.certain, found.possible))
        for one in actions(configuration)
        for found in (walk.found.get(id(one), Reach(0, 0)),)
    ]


def actions(configuration: Configuration) -> List[Action]:
    """Return all actions of a configuration, those in dead blocks too, in order."""
    found: List[Action] = []

    def look(script: Script) -> None:
        for one in script:
            if isinstance(one, Action):
                found.append(one)
            elif isinstance(one, (syntax.Priority, syntax.Property)):
                look(one.then)
            elif isinstance(one, syntax.If):
                look(one.then)
                look(one.otherwise)
            elif isinstance(one, syntax.Each):
                look(one.body)

    for ruleset in configuration.rulesets.values():
        look(ruleset.script)
    return found


def truth(value: Value) -> Optional[bool]:
    """Tell whether a value counts as true; None where it is unknown."""
    if isinstance(value, str):
        return bool(int(value)) if value.isdigit() else None
    return None if value is None else bool(value)


def compare(operation: str, left: str, right: str) -> Optional[bool]:
    """Compare two texts; None for an operation that is not understood.

    Args:
        operation: As ``startswith``.
        left: What is compared.
        right: With what.
    """
    if operation in ("contains", "contains_i"):
        return right.lower() in left.lower() if operation[-2:] == "_i" else right in left
    if operation in ("startswith", "startswith_i"):
        return left.lower().startswith(right.lower()) if operation[-2:] == "_i" else left.startswith(right)
    if operation == "endswith":
        return left.endswith(right)
    if operation == "isempty":
        return not left
    if operation in ("isequal", "==", "="):
        return left == right
    if operation in ("!=", "<>"):
        return left != right
    if operation in ("<", ">", "<=", ">="):  # libestr compares lengths first
        return _ordered(operation, (len(left), left), (len(right), right))
    return None


def _ordered(operation: str, left: "Union[int, Tuple[int, str]]", right: "Union[int, Tuple[int, str]]") -> bool:
    less, more = left < right, left > right  # type: ignore[operator]
    return {"<": less, ">": more, "<=": not more, ">=": not less}[operation]


def _compared(operation: str, left: Union[str, int], right: Union[str, int]) -> Optional[bool]:
    if isinstance(left, str) and isinstance(right, str):
        return compare(operation, left, right)
    if isinstance(left, str):
        left = int(left) if left.isdigit() else left
    if isinstance(right, str):
        right = int(right) if right.isdigit() else right
    if isinstance(left, str) or isinstance(right, str):
        return None
    if operation in ("==", "!=", "<>"):
        return (left == right) == (operation == "==")
    return _ordered(operation, left, right) if operation in ("<", ">", "<=", ">=") else None


def _names_priority(expression: Expression) -> bool:
    if isinstance(expression, syntax.Variable):
        return expression.name in _BY_PRIORITY
    if isinstance(expression, syntax.Function):
        return expression.name == "prifilt" or any(_names_priority(a) for a in expression.arguments)
    if isinstance(expression, syntax.Operation):
        return (expression.left is not None and _names_priority(expression.left)) or _names_priority(expression.right)
    return False
