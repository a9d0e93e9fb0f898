"""PowerShell without PowerShell: scripts are read by tree-sitter's grammar, and what would change something is found.

Neither Debian, PyPI nor npm has a PowerShell: what PyPI's ``pwsh`` brings are reference assemblies, without code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import tree_sitter
import tree_sitter_powershell

from rempart_testing import yaml_text

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"

# Verbs of cmdlets that change something; learn.microsoft.com, "Approved Verbs for PowerShell Commands".
_VERBS = (
    "add|clear|copy|disable|enable|export|install|invoke|mount|move|new|out|register|remove|rename|reset|resize|restart|restore|"
    "revoke|save|send|set|start|stop|suspend|unregister|uninstall|update|write"
)
_CHANGING = re.compile(f"({_VERBS})-[a-z]+", re.IGNORECASE)
# What only makes an object, or speaks.
_HARMLESS = re.compile(
    r"add-type|new-(object|timespan|scheduledtask(action|trigger|principal|settingsset))|start-sleep|write-(output|verbose|warning|error)"
    r"|out-(null|string)",
    re.IGNORECASE,
)
_PROGRAMS = re.compile(
    r"(auditpol|secedit|sc|net|netsh|reg|logoff|shutdown|w32tm|icacls|schtasks|bcdedit|wmic)(\.exe)?", re.IGNORECASE
)
_ASKS = re.compile(r"/(get|backup|export|query)\b", re.IGNORECASE)
# Methods of .NET that change something; -WhatIf does not reach them.
_METHODS = re.compile(
    r"(set|delete|create|write|append|move|copy|replace|enable|disable|start|stop)[a-z]*|add|remove|invoke|put|commit",
    re.IGNORECASE,
)
_PURE = frozenset(
    {"invokemember", "startswith", "createdelegate", "create", "replace", "adds", "addseconds", "addhours"}
)


class Act(NamedTuple):
    """Something of a script that changes something, with what stands around it."""

    text: str
    line: int
    function: str
    gated: bool


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


def parse(script: str) -> tree_sitter.Node:
    """Return the tree of a script."""
    return _parser().parse(script.encode()).root_node


def mistakes(script: str) -> list[str]:
    """Return what the grammar could not read."""
    return [
        f"line {node.start_point.row + 1}: {text_of(node)[:80]}"
        for node in nodes_of(parse(script))
        if node.type == "ERROR" or node.is_missing
    ]


def acts(script: str) -> list[Act]:
    """Return what changes something, each with whether ``ShouldProcess`` is asked around it, in the same function."""
    own = functions(script)
    found = []
    for node in nodes_of(parse(script)):
        if _changes(node, own):
            around = list(_above(node))
            inside = next((_name(one) for one in around if one.type == "function_statement"), "")
            gated = any(_asks(one) for one in _until_function(node))
            found.append(Act(" ".join(text_of(node).split()), node.start_point.row + 1, inside, gated))
    return found


def functions(script: str) -> dict[str, str]:
    """Return the functions of a script, by name in lower case."""
    return {_name(one).lower(): text_of(one) for one in nodes_of(parse(script)) if one.type == "function_statement"}


def supports_should_process(text: str) -> bool:
    """Tell whether a script or a function says that it does."""
    return re.search(r"\[CmdletBinding\(SupportsShouldProcess\)\]\s*param", text) is not None


def inline_scripts() -> dict[str, str]:
    """Return the scripts that tasks hold, by file and name of the task."""
    found = {}
    for path in sorted(PLAYBOOKS.glob("roles/*/tasks/**/*.yml")):
        for task in _tasks(yaml_text.load_file(path) or []):
            script = (task.get("ansible.windows.win_powershell") or {}).get("script", "")
            if script and not script.startswith("{{"):
                found[f"{path.relative_to(PLAYBOOKS / 'roles')}: {task['name']}"] = script
    return found


def program() -> str:
    """Return the program of the role ``windows``, its parts in the order in which they are put together."""
    return "\n".join(
        path.read_text(encoding="ascii") for path in sorted((PLAYBOOKS / "roles/windows/files").glob("*.ps1"))
    )


def _tasks(tasks: list[dict[str, object]]) -> Iterator[dict]:  # type: ignore[type-arg]
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from _tasks(task.get(part, []))  # type: ignore[arg-type]


def _changes(node: tree_sitter.Node, own: dict[str, str]) -> bool:
    if node.type == "command":
        name = next((text_of(one) for one in node.children if one.type == "command_name"), "")
        if name.lower() in own:
            return False  # its own text is looked at
        if _PROGRAMS.fullmatch(name):
            return _ASKS.search(text_of(node)) is None
        return bool(_CHANGING.fullmatch(name)) and not _HARMLESS.fullmatch(name)
    if node.type == "invokation_expression":
        name = next((text_of(one) for one in node.children if one.type == "member_name"), "")
        return bool(_METHODS.fullmatch(name)) and name.lower() not in _PURE
    return False


def _asks(node: tree_sitter.Node) -> bool:
    if node.type != "if_statement":
        return False
    condition = node.child_by_field_name("condition")
    text = text_of(condition) if condition is not None else ""
    return "$PSCmdlet.ShouldProcess(" in text and re.search(r"(-not|!)\s*\(?\s*\$PSCmdlet\.ShouldProcess", text) is None


def _until_function(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    below = node
    for one in _above(node):
        if one.type == "function_statement":
            return
        # What stands in the condition itself, or behind `else`, is not under it.
        if one.type == "if_statement" and below.type == "statement_block":
            yield one
        below = one


def _above(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def nodes_of(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from nodes_of(child)


def _name(node: tree_sitter.Node) -> str:
    return next((text_of(one) for one in node.children if one.type == "function_name"), "")


def text_of(node: tree_sitter.Node) -> str:
    return node.text.decode() if node.text is not None else ""
