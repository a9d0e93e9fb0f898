"""What the command line says is read in ``cli`` and ``commands`` alone; rooms below get requests, which are typed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Modules that read a Namespace still; the list may only shrink.
LATE = {
    "agent/rempart_agent/quality/compare_engines.py",
    "controller/rempart_controller/fleet/fleet_run.py",
    "controller/rempart_controller/fleet/open_fleet.py",
    "controller/rempart_controller/incident/host_access.py",
    "controller/rempart_controller/incident/page.py",
    "controller/rempart_controller/inventory/open_hosts.py",
    "controller/rempart_controller/notification/notice.py",
    "controller/rempart_controller/recording/open_recorder.py",
    "controller/rempart_controller/recording/run_recorder.py",
    "controller/rempart_controller/remediation/ansible/access.py",
    "controller/rempart_controller/remediation/execution/measure.py",
    "controller/rempart_controller/remediation/execution/reporting.py",
    "controller/rempart_controller/run_deadline.py",
    "controller/rempart_controller/schedule/argument.py",
}


def read_namespaces(source: str) -> bool:
    """Tell whether a module names argparse's Namespace."""
    nodes = list(ast.walk(ast.parse(source)))
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "Namespace")
        or (isinstance(node, ast.Name) and node.id == "Namespace")
        or (isinstance(node, ast.ImportFrom) and any(one.name == "Namespace" for one in node.names))
        for node in nodes
    )


def test_only_commands_read_what_the_command_line_says() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("core", "agent", "reports", "store", "controller")
        for path in (ROOT / package).rglob("*.py")
        if not {"cli", "commands"} & set(path.relative_to(ROOT).parts) and read_namespaces(path.read_text("utf-8"))
    }
    assert found - LATE == set(), "give it a request, a NamedTuple"
    assert LATE - found == set(), "take these out of the list"


@pytest.mark.parametrize("source", ["import argparse\nx: argparse.Namespace", "from argparse import Namespace as N"])
def test_a_namespace_is_seen_however_it_is_imported(source: str) -> None:
    assert read_namespaces(source)
