"""Enough of PowerShell to run the program of the role ``windows`` against a Windows that stands in.

It is no PowerShell: it runs what the program uses, as its documentation says, and refuses all else. What it shows is
that the program does what its authors mean, not that Windows answers so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from rempart_testing import powershell
from rempart_testing.powershell_expressions import Expressions, Node, child, spread
from rempart_testing.powershell_values import STATICS, Encoding, Failure, Table, cast, now, truth

Cmdlet = Callable[["Machine", list[Any], Table, list[Any]], list[Any]]
_SWITCHES = frozenset({"force", "unique", "compress"})


class _Return(Exception):
    def __init__(self, values: list[Any]) -> None:
        self.values = values


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Machine(Expressions):
    """Runs scripts; ``cmdlets`` are what Windows has, by name in lower case."""

    def __init__(self, program: str, cmdlets: dict[str, Cmdlet], whatif: bool = False) -> None:
        """Read a program, whose functions can be called then."""
        super().__init__(whatif)
        self.cmdlets = {**_CMDLETS, **cmdlets}
        self.functions = _functions(program)
        self.properties["text.encoding", "utf8"] = Encoding()
        self.properties["text.encoding", "unicode"] = Encoding()
        self.properties["datetime", "utcnow"] = now()

    def set(self, **values: Any) -> None:
        """Set variables of the script."""
        self.scopes[0].update({name.lower(): value for name, value in values.items()})

    def call(self, name: str, *args: Any) -> list[Any]:
        """Call a function of the program; return what it puts out."""
        return self._invoke(name, list(args), Table(), [])

    def _invoke(self, name: str, args: list[Any], named: Table, given: list[Any]) -> list[Any]:
        low = name.lower()
        if low in self.cmdlets:  # before a function: a test may put its own in the place of one
            return self.cmdlets[low](self, args, named, given)
        if low not in self.functions:
            raise Failure(f"no command {name}")
        node = self.functions[low]
        return self._scope(_parameters(node), child(node, "script_block"), args, named)

    def run_block(self, block: Node, args: Sequence[Any], this: Any = None) -> list[Any]:
        """Run a script block; ``$_`` is ``this``. Only a function and ``&`` have variables of their own."""
        body = child(block, "script_block")
        return self._scope(_parameters(block), body, list(args), Table(), this)

    def _scope(
        self, parameters: list[Node], body: Node | None, args: list[Any], named: Table, this: Any = None
    ) -> list[Any]:
        scope: dict[str, Any] = {}
        waiting = list(args)
        for one in parameters:
            name = next(powershell.text_of(found) for found in one.named_children if found.type == "variable")[
                1:
            ].lower()
            default = child(one, "script_parameter_default")
            if name in named:
                value = named[name]
            elif waiting:
                value = waiting.pop(0)
            else:
                value = self.value(default.named_children[0]) if default is not None else None
            kind = next(
                (powershell.text_of(child) for child in powershell.nodes_of(one) if child.type == "type_literal"), ""
            )
            scope[name] = cast(kind, value) if kind else value
        if this is not None:
            scope["_"] = this
        self.scopes.append(scope)
        try:
            return self.statements(body) if body is not None else []
        except _Return as ended:
            return ended.values
        finally:
            self.scopes.pop()

    def statements(self, node: Node) -> list[Any]:
        """Run statements; return what they put out."""
        out: list[Any] = []
        for one in node.named_children:
            try:
                out += self.statement(one)
            except (_Return, _Break, _Continue) as flow:  # what was put out before stays
                if isinstance(flow, _Return):
                    flow.values = out + flow.values
                elif out:
                    flow.args = (out + list(flow.args[0] if flow.args else []),)
                raise
        return out

    def statement(self, node: Node) -> list[Any]:
        """Run one statement."""
        kind = node.type
        if kind in {"statement_list", "statement_block", "script_block", "script_block_body", "program"}:
            return self.statements(node)
        if kind in {"function_statement", "comment", "param_block"}:
            return []
        handler = getattr(self, f"_{kind}", None)
        if kind.endswith("_statement") and handler is not None:
            result: list[Any] = handler(node)
            return result
        if kind == "pipeline" and len(node.named_children) == 1:
            return self.statement(node.named_children[0])
        if kind == "pipeline_chain":
            return self._pipe(node)
        if kind == "assignment_expression":
            self._assign(node)
            return []
        if kind == "post_increment_expression":
            self._put(node.named_children[0], (self.value(node.named_children[0]) or 0) + 1)
            return []
        if len(node.children) == 1 and node.named_children and kind.endswith("_expression"):
            return self.statement(node.named_children[0])
        return spread(self.value(node))

    def _pipe(self, node: Node) -> list[Any]:
        flow: list[Any] = []
        for place, part in enumerate(node.named_children):
            flow = self.command(part, flow) if part.type == "command" else flow if place else self.statement(part)
        return flow

    def command(self, node: Node, given: list[Any]) -> list[Any]:
        elements = child(node, "command_elements")
        name = next((powershell.text_of(one) for one in node.named_children if one.type == "command_name"), "")
        args, named = self._arguments(elements, frozenset() if name.lower() in self.functions else _SWITCHES)
        called = child(node, "command_name_expr")
        if called is not None:
            block = self.value(called.named_children[0].named_children[0])
            return self.run_block(block, args)
        return self._invoke(name, args, named, given)

    def _arguments(self, node: Node | None, switches: frozenset[str]) -> tuple[list[Any], Table]:
        args: list[Any] = []
        named = Table()
        waiting = ""
        for one in () if node is None else node.named_children:
            text = powershell.text_of(one)
            if one.type == "command_argument_sep":
                continue
            if one.type == "command_parameter":
                if waiting:
                    named[waiting] = True
                waiting = text[1:].lower()
                if waiting in switches:
                    named[waiting], waiting = True, ""
            elif text.startswith("@") and one.type != "array_expression" and re.fullmatch(r"@\w+", text):
                named.update(self._read(text[1:]))
            else:
                value = text if one.type == "generic_token" else self.value(one)
                if waiting:
                    named[waiting], waiting = value, ""
                else:
                    args.append(value)
        if waiting:
            named[waiting] = True
        return args, named

    def _if_statement(self, node: Node) -> list[Any]:
        parts = node.named_children
        if truth(self.value(parts[0])):
            return self.statement(parts[1])
        for part in parts[2:]:
            if part.type == "else_clause":
                return self.statement(part.named_children[0])
            for clause in part.named_children:  # elseif_clauses
                if truth(self.value(clause.named_children[0])):
                    return self.statement(clause.named_children[1])
        return []

    def _loop(self, values: Iterator[Any], body: Node, name: str = "") -> list[Any]:
        out: list[Any] = []
        for value in values:
            if name:
                self._write(name, value)
            try:
                out += self.statement(body)
            except _Continue as flow:
                out += flow.args[0] if flow.args else []
            except _Break as flow:
                return out + (flow.args[0] if flow.args else [])
        return out

    def _foreach_statement(self, node: Node) -> list[Any]:
        variable, values, body = node.named_children
        return self._loop(iter(spread(self.value(values))), body, powershell.text_of(variable)[1:])

    def _while_statement(self, node: Node) -> list[Any]:
        condition, body = node.named_children
        return self._loop(iter(lambda: truth(self.value(condition)), False), body)

    def _for_statement(self, node: Node) -> list[Any]:
        first, condition, step, body = node.named_children
        self.statement(first.named_children[0])

        def steps() -> Iterator[Any]:
            while truth(self.value(condition.named_children[0])):
                yield None
                self.statement(step.named_children[0])

        return self._loop(steps(), body)

    def _switch_statement(self, node: Node) -> list[Any]:
        value = self.value(child(node, "switch_condition").named_children[0])  # type: ignore[union-attr]
        clauses = [one for one in powershell.nodes_of(node) if one.type == "switch_clause"]
        for clause in clauses:
            condition = child(clause, "switch_clause_condition")
            wanted = self.value(condition.named_children[0]) if condition and condition.named_children else None
            if wanted is None or str(wanted).lower() == str(value).lower():
                return self.statement(clause.named_children[-1])
        return []

    def _try_statement(self, node: Node) -> list[Any]:
        catches = [one for one in powershell.nodes_of(node) if one.type == "catch_clause" and one.parent.parent == node]  # type: ignore[union-attr]
        last = child(node, "finally_clause")
        try:
            return self.statement(node.named_children[0])
        except (Failure, OSError) as failure:
            for clause in catches:
                kinds = child(clause, "catch_type_list")
                if kinds is None or isinstance(failure, OSError):
                    self._write("_", str(failure))
                    return self.statement(clause.named_children[-1])
            raise
        finally:
            if last is not None:
                self.statement(last.named_children[-1])

    def _flow_control_statement(self, node: Node) -> list[Any]:
        word = node.children[0].type
        rest = node.named_children
        if word == "return":
            raise _Return(self.statement(rest[0]) if rest else [])
        if word == "throw":
            raise Failure(str(self.value(rest[0])))
        raise _Break if word == "break" else _Continue


@cache
def _functions(program: str) -> dict[str, Node]:
    found = [one for one in powershell.nodes_of(powershell.parse(program)) if one.type == "function_statement"]
    return {powershell.text_of(name).lower(): one for one in found if (name := child(one, "function_name")) is not None}


def _parameters(node: Node) -> list[Node]:
    found = child(node, "function_parameter_declaration") or child(node, "param_block")
    if found is None:
        body = child(node, "script_block")
        found = child(body, "param_block") if body is not None else None
    return [] if found is None else [one for one in powershell.nodes_of(found) if one.type == "script_parameter"]


def _where(machine: Machine, args: list[Any], named: Table, given: list[Any]) -> list[Any]:
    return [one for one in given if truth(machine.run_block(args[0], [], one))]


def _for_each(machine: Machine, args: list[Any], named: Table, given: list[Any]) -> list[Any]:
    return [out for one in given for out in machine.run_block(args[0], [], one)]


_CMDLETS: dict[str, Cmdlet] = {
    "where-object": _where,
    "foreach-object": _for_each,
    "out-null": lambda _machine, _args, _named, _given: [],
    "start-sleep": lambda _machine, _args, _named, _given: [],
    "sort-object": lambda _machine, _args, _named, _given: sorted(set(_given)),
    "convertto-json": lambda _machine, _args, _named, _given: [STATICS["json", "write"](_named["inputobject"])],
    "convertfrom-json": lambda _machine, _args, _named, _given: [STATICS["json", "read"](_args[0])],
}
