"""What a configuration of rsyslog is made of, once it has been read."""

from typing import Dict, List, NamedTuple, Tuple, Union

from rempart_agent.models.rsyslog.selector import Taken

Params = Dict[str, Union[str, Tuple[str, ...]]]
"""The parameters of an object, names in small letters."""


class Text(NamedTuple):
    """A constant text of an expression."""

    value: str


class Number(NamedTuple):
    """A constant number of an expression."""

    value: int


class Texts(NamedTuple):
    """A constant list of texts."""

    values: Tuple[str, ...]


class Variable(NamedTuple):
    """A property or variable: its name without the first ``$``, in small letters."""

    name: str


class Function(NamedTuple):
    """A call of a function."""

    name: str
    arguments: "Tuple[Expression, ...]"


class Operation(NamedTuple):
    """An operator with one operand (``left`` None) or two."""

    operator: str
    left: "Union[Expression, None]"
    right: "Expression"


Expression = Union[Text, Number, Texts, Variable, Function, Operation]


class Action(NamedTuple):
    """An action: where messages go.

    Attributes:
        kind: The output module without ``builtin:``: ``omfwd``, ``omfile`` …; ``""`` for one that rsyslogd drops.
        params: Its parameters; those of a line in the old form are given the names of the new one.
        path: The file that it stands in.
        line: The line on which it begins.
        unsure: Why it may not be carried out though it is reached; ``""`` where nothing speaks against it.
    """

    kind: str
    params: Params
    path: str
    line: int
    unsure: str = ""


class If(NamedTuple):
    """A condition with its two branches."""

    condition: Expression
    then: "Script"
    otherwise: "Script"


class Priority(NamedTuple):
    """A selector of facilities and priorities."""

    taken: Taken
    then: "Script"


class Property(NamedTuple):
    """A filter of one property; ``operation`` is ``contains``, ``isequal`` …, ``value`` what it is compared with."""

    name: str
    negated: bool
    operation: str
    value: str
    then: "Script"


class Nothing(NamedTuple):
    """A statement that does nothing: ``continue``, an action that is turned off or that rsyslogd drops."""


class Stop(NamedTuple):
    """The end of a message."""


class Call(NamedTuple):
    """The call of a ruleset by name; ``""`` where an expression names it."""

    name: str


class Each(NamedTuple):
    """A body that is carried out for the items of a list: perhaps for none."""

    body: "Script"


Statement = Union[Action, If, Priority, Property, Nothing, Stop, Call, Each]
Script = List[Statement]


class Ruleset(NamedTuple):
    """A ruleset; ``queued`` where it has a queue of its own, so that a call does not wait for it."""

    script: Script
    queued: bool = False


class Configuration(NamedTuple):
    """A configuration that was read.

    Attributes:
        rulesets: By name.
        default: The ruleset that messages of this machine go through.
        modules: The modules that are loaded, with their parameters.
        settings: What ``global()`` and directives set, names in small letters without ``$``.
        templates: The templates, each with whether it has the text of a message in it.
        unsure: What may keep messages from every action: samplings, limits of the main queue.
    """

    rulesets: Dict[str, Ruleset]
    default: str
    modules: Dict[str, Params]
    settings: Dict[str, str]
    templates: Dict[str, bool]
    unsure: str = ""
