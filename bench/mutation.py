"""What a mutant is: a module's source, changed in one place. cosmic-ray's operators, and two of our own.

Our own take a rule out: the condition of an ``if`` that always or never holds, and an operand of ``and`` or ``or`` that
is not there.
"""

import ast
import difflib
import importlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

# No test could see a change of these.
LEFT_OUT = ("core/RemoveDecorator",)
_COMPARES = "core/ReplaceComparisonOperator_"
_COUNTS = "core/ReplaceBinaryOperator_"
# What a sum becomes: one other operator each, since most of the others fail at once, on texts too.
_OTHER = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul", "BitAnd_BitOr")


class Mutant(NamedTuple):
    """One change: its line, what it is, the source with it, and the lines that it changed as one text."""

    line: int
    operator: str
    source: str
    changed: str


def make_mutants(source: str, functions: Sequence[str] = (), *, rules_only: bool = False) -> list[Mutant]:
    """Return all mutants of a source, by line; of some functions and classes where these are named.

    Args:
        source: Of the module.
        functions: The names of functions and classes; none for all.
        rules_only: Whether conditions are taken out, and nothing else is changed.
    """
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in functions
    ]
    found: dict[str, Mutant] = {}
    for line, operator, mutated in (*(() if rules_only else _of_tool(source)), *_of_ours(source)):
        inside = not functions or any(first <= line <= last for first, last in spans)
        if inside and mutated != source and mutated not in found:
            found[mutated] = Mutant(line, operator, mutated, _find_change(source, mutated))
    return sorted(found.values(), key=lambda one: one.line)


def _of_tool(source: str) -> Iterator[tuple[int, str, str]]:
    plugins = importlib.import_module("cosmic_ray.plugins")
    trees = importlib.import_module("cosmic_ray.ast")
    mutating = importlib.import_module("cosmic_ray.mutating")
    nodes = list(trees.ast_nodes(trees.get_ast(source)))
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if kind.arguments() or name.startswith(LEFT_OUT):
            continue
        if name.startswith(_COUNTS) and name.removeprefix(_COUNTS) not in _OTHER:
            continue
        places = [(node, start[0]) for node in nodes for start, _ in kind().mutation_positions(node)]
        for occurrence, (node, line) in enumerate(places):
            signature = node.parent is not None and node.parent.type == "parameters"  # its * and /
            if not signature and (not name.startswith(_COMPARES) or _is_told(name.removeprefix(_COMPARES), node)):
                yield line, name.partition("/")[2], mutating.mutate_code(source, kind(), occurrence) or source


def _is_told(change: str, comparison: Any) -> bool:
    """Tell whether a comparison becomes another one: not identity for equality, and no order of texts."""
    was, _, becomes = change.partition("_")
    if {was, becomes} in ({"Eq", "Is"}, {"NotEq", "IsNot"}):
        return False
    if becomes.startswith("Is"):
        return was.startswith("Is")
    texts = any(part.type == "string" for part in (comparison.children[0], comparison.children[-1]))
    return not (texts and "Eq" in was and becomes in {"Lt", "LtE", "Gt", "GtE"})


def _of_ours(source: str) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.If, ast.IfExp)):
            yield from ((node.test.lineno, "Condition", _put(source, node.test, text)) for text in ("True", "False"))
        elif isinstance(node, ast.comprehension):
            yield from ((test.lineno, "Condition", _put(source, test, "True")) for test in node.ifs)
        elif isinstance(node, ast.BoolOp):
            neutral = str(isinstance(node.op, ast.And))
            yield from ((one.lineno, "Operand", _put(source, one, neutral)) for one in node.values)


def _put(source: str, node: ast.expr, text: str) -> str:
    """Return the source with a text in the place of an expression; columns count bytes."""
    lines = source.encode().splitlines(keepends=True)
    assert node.end_lineno is not None
    before = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    after = lines[node.end_lineno - 1][node.end_col_offset :] + b"".join(lines[node.end_lineno :])
    return (before + text.encode() + after).decode()


def _find_change(source: str, mutated: str) -> str:
    changed = difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0, lineterm="")
    return " ".join(line[1:].strip() for line in changed if line.startswith("+") and not line.startswith("+++"))
