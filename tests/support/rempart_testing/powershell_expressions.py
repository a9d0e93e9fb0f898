"""Expressions of PowerShell, for :mod:`rempart_testing.powershell_run`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import tree_sitter

from rempart_testing import powershell
from rempart_testing.powershell_values import METHODS, OPERATORS, STATICS, Failure, Table, cast, member, truth

Node = tree_sitter.Node
_ESCAPES = {"n": "\n", "t": "\t", "0": "\0"}


class Expressions:
    """Values of expressions; statements and commands are what inherits from it."""

    def __init__(self, whatif: bool) -> None:
        """Begin with the variables that are always there."""
        self.whatif = whatif
        self.properties: dict[tuple[str, str], Any] = {}
        self.scopes: list[dict[str, Any]] = [
            {"null": None, "true": True, "false": False, "_": None, "matches": Table()}
        ]

    def statement(self, node: Node) -> list[Any]:
        """Run one statement; return what it puts out."""
        raise NotImplementedError

    def command(self, node: Node, given: list[Any]) -> list[Any]:
        """Run one command."""
        raise NotImplementedError

    def value(self, node: Node) -> Any:
        """Return the value of an expression; of a command what it puts out, one thing alone as itself."""
        kind, named = node.type, node.named_children
        handler = _VALUES.get(kind)
        if handler is not None:
            return handler(self, node)
        if kind in {"pipeline", "parenthesized_expression"} and len(named) == 1:
            return self.value(named[0])
        if kind == "pipeline_chain" and len(named) == 1 and named[0].type != "command":
            return self.value(named[0])
        if kind == "pipeline_chain" or kind.endswith("_statement") or kind in {"command", "statement_list"}:
            out = self.command(node, []) if kind == "command" else self.statement(node)
            return None if not out else out[0] if len(out) == 1 else out
        if len(named) == 1 and len(node.children) == 1:
            return self.value(named[0])
        if kind == "array_literal_expression":
            return [self.value(one) for one in named]
        if kind.startswith(("comparison", "additive", "logical", "bitwise", "range", "format", "multiplicative")):
            return self._binary(node)
        raise Failure(f"not known: {kind}: {powershell.text_of(node)[:60]}")

    def _binary(self, node: Node) -> Any:
        left, right = node.named_children[0], node.named_children[-1]
        operator = powershell.text_of(node.children[1]).lower()
        if operator in {"-and", "-or"}:
            first = truth(self.value(left))
            return (first and truth(self.value(right))) if operator == "-and" else (first or truth(self.value(right)))
        result, found = OPERATORS[operator](self.value(left), self.value(right))
        if found is not None:
            self._write("matches", found)
        return result

    def _assign(self, node: Node) -> None:
        left, operator, right = node.named_children
        target = left
        while len(target.named_children) == 1 and target.type not in {"variable", "member_access", "element_access"}:
            target = target.named_children[0]
        value = self.value(right)
        if powershell.text_of(operator) == "+=":
            value = OPERATORS["+"](self.value(target), value)[0]
        if target.type == "array_literal_expression":
            rest = spread(value)
            for place, one in enumerate(target.named_children):
                last = place == len(target.named_children) - 1
                more = rest[place:] if last and len(rest) > place + 1 else rest[place] if place < len(rest) else None
                self._put(one, more)
        else:
            self._put(target, value)

    def _put(self, target: Node, value: Any) -> None:
        while target.type == "unary_expression":
            target = target.named_children[0]
        if target.type == "variable":
            self._write(powershell.text_of(target)[1:], value)
            return
        owner = self.value(target.named_children[0])
        key = self._name(target) if target.type == "member_access" else self.value(target.named_children[1])
        owner[str(key)] = value

    def _name(self, node: Node) -> str:
        inner = node.named_children[-1].named_children[0]
        return powershell.text_of(inner) if inner.type == "simple_name" else str(self.value(inner))

    def _read(self, name: str) -> Any:
        low = name.strip("{}").lower().rpartition(":")[2]
        return next((scope[low] for scope in reversed(self.scopes) if low in scope), None)

    def _write(self, name: str, value: Any) -> None:
        low = name.lower()
        scope = self.scopes[0] if low.startswith(("script:", "global:")) else self.scopes[-1]
        scope[low.rpartition(":")[2]] = value

    def _variable(self, node: Node) -> Any:
        return self._read(powershell.text_of(node)[1:])

    def _string(self, node: Node) -> str:
        node = node.named_children[0]
        text = powershell.text_of(node)
        if node.type == "verbatim_string_characters":
            return text[1:-1].replace("''", "'")
        raw, start = node.text or b"", node.start_byte
        out, at = "", 1
        for child in node.named_children:
            out += _plain(raw[at : child.start_byte - start].decode())
            value = (
                self.value(child.named_children[0]) if child.type == "sub_expression" and child.named_children else None
            )
            value = self._variable(child) if child.type == "variable" else value
            out += " ".join(cast("[string]", one) for one in spread(value))
            at = child.end_byte - start
        return out + _plain(raw[at:-1].decode())

    def _hash(self, node: Node) -> Table:
        table = Table()
        for entry in [one for one in powershell.nodes_of(node) if one.type == "hash_entry"]:
            if entry.parent.parent != node:  # type: ignore[union-attr]
                continue
            key = entry.named_children[0].named_children[0]
            name = powershell.text_of(key) if key.type == "simple_name" else str(self.value(key))
            table[name] = self.value(entry.named_children[1])
        return table

    def _unary(self, node: Node) -> Any:
        inner = node.named_children[0]
        if inner.type == "cast_expression":
            kind, what = inner.named_children
            return cast(powershell.text_of(kind), self.value(what))
        operator = powershell.text_of(node.children[0]).lower()
        if operator in {"-not", "!"}:
            return not truth(self.value(inner))
        if operator == ",":
            return [self.value(inner)]
        if operator == "-":
            return -self.value(inner)
        raise Failure(f"not known: {operator}")

    def _member(self, node: Node) -> Any:
        owner = node.named_children[0]
        if owner.type == "type_literal":
            return self.properties[powershell.text_of(owner).strip("[]").lower(), self._name(node).lower()]
        return member(self.value(node.named_children[0]), self._name(node))

    def _element(self, node: Node) -> Any:
        owner, key = self.value(node.named_children[0]), self.value(node.named_children[1])
        if isinstance(owner, Table):
            return owner.get(str(key))
        if isinstance(key, list):
            return [owner[one] for one in key if one < len(owner)]
        return owner[key] if owner is not None and key < len(owner) else None

    def _invocation(self, node: Node) -> Any:
        owner = node.named_children[0]
        found = child(node, "argument_list")
        listed = found.named_children[0].named_children if found is not None and found.named_children else []
        args = [self.value(one.named_children[0]) for one in listed]
        name = powershell.text_of(node.named_children[1]).lower()
        if owner.type == "type_literal":
            return STATICS[powershell.text_of(owner).strip("[]").lower(), name](*args)
        if powershell.text_of(owner).lower() == "$pscmdlet":
            return not self.whatif
        value = self.value(owner)
        method = METHODS.get((type(value), name)) or METHODS.get((object, name))
        if method is not None:
            return method(value, *args)
        return next(getattr(value, one) for one in dir(value) if one.lower() == name)(*args)


def _plain(text: str) -> str:
    return re.sub("`(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def spread(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def child(node: Node, kind: str) -> Node | None:
    return next((one for one in node.named_children if one.type == kind), None)


_VALUES: dict[str, Callable[[Expressions, Node], Any]] = {
    "variable": Expressions._variable,
    "string_literal": Expressions._string,
    "integer_literal": lambda _, node: int(powershell.text_of(node)),
    "hash_literal_expression": Expressions._hash,
    "expression_with_unary_operator": Expressions._unary,
    "member_access": Expressions._member,
    "element_access": Expressions._element,
    "invokation_expression": Expressions._invocation,
    "array_expression": lambda machine, node: [out for one in node.named_children for out in machine.statement(one)],
    "sub_expression": lambda machine, node: machine.value(node.named_children[0]),
    "script_block_expression": lambda _, node: node,
}
