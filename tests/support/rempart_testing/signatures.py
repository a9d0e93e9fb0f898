"""What modules hand to other folders: their public functions and classes, read without importing them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PACKAGES = ("core", "agent", "reports", "store", "controller", "server")
_MAPPINGS = {"dict", "Dict", "Mapping", "MutableMapping"}
_OWNERS = {"self", "cls"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """A module of ours.

    Attributes:
        name: As it is imported.
        path: Its file, relative to the project.
        tree: What it says.
        is_folder: Whether it is the ``__init__`` of a folder.
    """

    name: str
    path: str
    tree: ast.Module
    is_folder: bool

    @property
    def folder(self) -> str:
        """Return the folder that it stands in."""
        return self.name if self.is_folder else self.name.rpartition(".")[0]


@cache
def read_modules() -> dict[str, Module]:
    """Return all modules of the product by name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package / f"rempart_{package}").rglob("*.py")):
            parts = path.relative_to(ROOT / package).with_suffix("").parts
            is_folder = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_folder else parts)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found[name] = Module(name, str(path.relative_to(ROOT)), tree, is_folder)
    return found


@cache
def find_users() -> dict[str, set[tuple[str, str]]]:
    """Return by module who imports it: the importing module, and the name that it takes, ``""`` for the whole."""
    modules = read_modules()
    users: dict[str, set[tuple[str, str]]] = {}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for one in node.names:
                    whole = f"{node.module}.{one.name}"
                    wanted, taken = (whole, "") if whole in modules else (node.module, one.name)
                    users.setdefault(wanted, set()).add((module.name, taken))
            elif isinstance(node, ast.Import):
                for one in node.names:
                    users.setdefault(one.name, set()).add((module.name, ""))
    return users


def names_used_elsewhere(module: Module) -> set[str]:
    """Return the names of a module that modules of other folders take."""
    modules = read_modules()
    names = set()
    for user, name in find_users().get(module.name, set()):
        if modules[user].folder == module.folder:
            continue
        if name:
            names.add(name)
        else:
            names |= {one.attr for one in ast.walk(modules[user].tree) if isinstance(one, ast.Attribute)}
    return names


def public(module: Module) -> Iterator[tuple[str, Function]]:
    """Yield the public functions of a module, and the public methods of its public classes, with their names."""
    for name, function, _ in documented(module):
        yield name, function


def documented(module: Module) -> Iterator[tuple[str, Function, str]]:
    """Yield the public functions of a module with the words on them: what makes a class may be said by the class."""
    for node in module.tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name, node, ast.get_docstring(node) or ""
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            about = ast.get_docstring(node) or ""
            for inner in node.body:
                if isinstance(inner, Function) and (inner.name == "__init__" or not inner.name.startswith("_")):
                    words = ast.get_docstring(inner) or ""
                    yield f"{node.name}.{inner.name}", inner, f"{words}\n{about}" if inner.name == "__init__" else words


def find_untyped() -> Iterator[str]:
    """Yield what goes between folders without a type: ``MODULE.NAME PLACE``.

    A place is an argument, a field, ``return`` or ``alias``; without a type is what is ``Any``, a mapping that does not
    say of what, and one whose values may be everything (``object``).
    """
    for module in read_modules().values():
        names = names_used_elsewhere(module)
        for name, function in public(module):
            if name.partition(".")[0] in names:
                args = function.args
                more = [one for one in (args.vararg, args.kwarg) if one]
                places = {one.arg: one.annotation for one in (*args.posonlyargs, *args.args, *args.kwonlyargs, *more)}
                for place, annotation in {**places, "return": function.returns}.items():
                    if annotation is not None and _is_untyped(annotation):
                        yield f"{module.name}.{name} {place}"
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and node.name in names:
                for inner in node.body:
                    if isinstance(inner, ast.AnnAssign) and _is_untyped(inner.annotation):
                        yield f"{module.name}.{node.name} {_name(inner.target)}"
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                said = node.annotation if isinstance(node, ast.AnnAssign) else node.value
                if isinstance(target, ast.Name) and not target.id.startswith("_") and said and _is_untyped(said):
                    yield f"{module.name}.{target.id} alias"


def _is_untyped(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return False
    nodes = list(ast.walk(annotation))
    of_something = {id(node.value) for node in nodes if isinstance(node, ast.Subscript)}
    for node in nodes:
        if _name(node) == "Any" or (_name(node) in _MAPPINGS and id(node) not in of_something):
            return not isinstance(annotation, ast.Call)
        if isinstance(node, ast.Subscript) and _name(node.value) in _MAPPINGS:
            of_what = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else node.slice
            if _name(of_what) == "object":
                return True
    return False


def _name(node: ast.expr | ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def find_unsaid() -> Iterator[str]:
    """Yield public functions whose docstring leaves out what a caller has to know: ``MODULE.NAME SECTION``.

    ``Args`` where it takes two values or more and does not name each, so that shapes and units are said; ``Raises``
    where it raises an error itself. What says "See CLASS.METHOD." has its words there.
    """
    for module in read_modules().values():
        for name, function, words in documented(module):
            if words.startswith("See ") or any(_name(one) == "overload" for one in function.decorator_list):
                continue
            args = function.args
            taken = [one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs) if one.arg not in _OWNERS]
            if len(taken) > 1 and not all(_is_said(one, words) for one in taken):
                yield f"{module.name}.{name} Args"
            if _raises(function) and "raise" not in words.lower():
                yield f"{module.name}.{name} Raises"


def _is_said(name: str, words: str) -> bool:
    return f"``{name}``" in words or re.search(rf"(?m)^\s+{name}: \S", words) is not None


def _raises(function: Function) -> bool:
    """Tell whether a function raises an error of its own that it does not catch; what it hands on is no error of it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = _name(node.exc.func)
            if name.endswith(("Error", "Refused", "Malformed")):
                return True
    return False


def find_reach() -> dict[str, set[str]]:
    """Return by module all that it imports, directly and by others."""
    imports: dict[str, set[str]] = {}
    for module, users in find_users().items():
        for user, _ in users:
            imports.setdefault(user, set()).add(module)
    reach = {}
    for module in read_modules():
        seen: set[str] = set()
        rest = [module]
        while rest:
            new = imports.get(rest.pop(), set()) - seen
            seen |= new
            rest += new
        reach[module] = seen
    return reach
