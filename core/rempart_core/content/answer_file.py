"""The key ``answers`` of a check file: the rules of other people's baselines that the check judges.

Whether a rule exists, and whether cases prove it, is for lint to say (:mod:`rempart_agent.quality.lint_answers`); here
its form is held, and its parameters.
"""

import os
import re
from collections.abc import Mapping, Sequence

from rempart_core.content.parameterfile import expect_valid
from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Entries, Items, Node, Scalar, read
from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.answer import RULE, SCHEMES, Answer, Bound
from rempart_core.model.parameter import Parameter, Value
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import NOTHING

NAMES = "foreign"
"""The folder of a directory of checks that holds the names of rules: ``foreign/<scheme>.txt``, one a line."""
_KEYS = ("item", "when", "choice", "part")
_BOUNDS = ("min", "max", "is", "has", "within")


def read_answers(reader: Reader, node: Node | None, parameters: Mapping[str, Parameter]) -> tuple[Answer, ...]:
    """Read the answers of a check, in the order of the file; mistakes go to the reader.

    Args:
        reader: Of the check's file.
        node: What stands under ``answers``; None where that is missing.
        parameters: Those that the check declares.
    """
    answers = []
    for scheme, rules in reader.fields(node, SCHEMES, what="answers").items():
        what = f"answers.{scheme}"
        pairs = reader.entries(rules, what)
        if not pairs and isinstance(rules, Entries):
            reader.report(rules, Message("content.no_rules"), what=what)
        answers += [_read_answer(reader, scheme, key, rule, parameters) for key, rule in pairs]
    return tuple(answers)


def find_answers(file: str, parameters: Mapping[str, Parameter]) -> tuple[Answer, ...]:
    """Return the answers of a check file that was found good before; they are kept out of what an audit loads.

    Args:
        file: Its path.
        parameters: Those that the check declares.
    """
    document = read(file)
    if b"answers:" not in document.data or not isinstance(document.root, Entries):
        return ()
    reader = Reader(document)
    node = next((value for key, value in document.root.pairs if key.text == "answers"), None)
    return read_answers(reader, node, parameters)


def read_names(directories: Sequence[str], scheme: str, mistakes: list[Mistake]) -> frozenset[str]:
    """Return the names of a scheme's rules that some directories of checks know; a line that is none is a mistake.

    Args:
        directories: Each laid out like ``checks/``.
        scheme: One of ``SCHEMES``.
        mistakes: Is added to.
    """
    names: set[str] = set()
    for directory in directories:
        path = os.path.join(directory, NAMES, f"{scheme}.txt")
        if not os.path.lexists(path):
            continue
        try:
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except OSError as error:
            mistakes.append(Mistake(path, 0, 0, Message("content.unreadable", error=reason_of(error))))
            continue
        except UnicodeDecodeError as error:
            mistakes.append(Mistake(path, 0, 0, Message("content.no_utf8", byte=f"{error.object[error.start]:02x}")))
            continue
        for number, line in enumerate(lines, 1):
            if re.fullmatch(RULE, line, re.ASCII):
                names.add(line)
            else:
                mistakes.append(Mistake(path, number, 1, Message("content.rule_name", name=quoted(line))))
    return frozenset(names)


def _read_answer(reader: Reader, scheme: str, key: Scalar, node: Node, parameters: Mapping[str, Parameter]) -> Answer:
    what = f"answers.{scheme}.{key.text}"
    if not re.fullmatch(RULE, key.text, re.ASCII):
        reader.report(key, Message("content.rule_name", name=quoted(key.text)), what=f"answers.{scheme}")
    fields = reader.fields(node, _KEYS, ("item",), what)
    choice = reader.flag(fields.get("choice"), f"{what}.choice", otherwise=False)
    part = reader.translation(fields["part"], f"{what}.part") if "part" in fields else NOTHING
    if choice and "part" in fields:
        reader.report(fields["choice"], Message("content.choice_and_part"), what=f"{what}.choice")
    return Answer(
        scheme=scheme,
        rule=key.text,
        item=reader.line(fields.get("item"), f"{what}.item"),
        when=_read_when(reader, fields.get("when"), f"{what}.when", parameters),
        choice=choice,
        part=part,
        line=key.line,
        column=key.column,
    )


def _read_when(reader: Reader, node: Node | None, what: str, parameters: Mapping[str, Parameter]) -> dict[str, Bound]:
    bounds = {}
    for key, bound in reader.entries(node, what):
        if key.text not in parameters:
            hint = suggestion_of(key.text, parameters)
            reader.report(key, Message("parameter.undeclared", name=key.text, hint=hint), what=what)
            continue
        bounds[key.text] = _read_bound(reader, bound, f"{what}.{key.text}", parameters[key.text])
    return bounds


def _read_bound(reader: Reader, node: Node, what: str, parameter: Parameter) -> Bound:
    fields = reader.fields(node, _BOUNDS, what=what)
    if not fields and isinstance(node, Entries):
        reader.report(node, Message("content.no_bound", known=", ".join(_BOUNDS)), what=what)
    listed = parameter.type in {"list", "rows"}
    for name in ("min", "max"):
        if name in fields and parameter.type != "integer":
            reader.report(fields[name], Message("parameter.not_of_type", type=parameter.type), what=f"{what}.{name}")
    for name in ("has", "within"):
        if name in fields and not listed:
            reader.report(fields[name], Message("parameter.not_of_type", type=parameter.type), what=f"{what}.{name}")
    least, most = (
        reader.integer(fields[name], f"{what}.{name}") if name in fields else None for name in ("min", "max")
    )
    exact = _read_value(reader, fields.get("is"), f"{what}.is", parameter)
    held, kept = (
        _read_value(reader, fields.get(name), f"{what}.{name}", parameter) if listed else None
        for name in ("has", "within")
    )
    for name in ("has", "within"):
        items = fields.get(name)
        if isinstance(items, Items) and not items.nodes:
            reader.report(items, Message("content.empty_list"), what=f"{what}.{name}")
    return Bound(
        least,
        most,
        exact,
        tuple(held) if isinstance(held, list) else (),
        tuple(kept) if isinstance(kept, list) else (),
    )


def _read_value(reader: Reader, node: Node | None, what: str, parameter: Parameter) -> Value | None:
    if node is None:
        return None
    before = len(reader.mistakes)
    plain = reader.value(node, what)
    return expect_valid(reader, node, what, parameter, plain) if len(reader.mistakes) == before else None
