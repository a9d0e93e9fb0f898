"""The commands that ask a store know a server's as any other: a day is one run, and its chain is whole."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from rempart_testing.answering_node import NOW, Osquery, Serving, add_node, serving, tables_of

from rempart_controller.commands.main import main
from rempart_store.server.group import find_group

DAY = 86_400


def audit_day(one: Serving, nodes: list[int], failing: set[int]) -> None:
    """Audit nodes one after the other on the clock's day; a login without a password is on those that fail."""
    for number in nodes:
        serving_one = one._replace(node_id=number)
        node = serving_one.node
        one.clock[0] = float(max(one.clock[0] + 30, node.due))
        shadow = [{"username": "eve", "password_status": "empty" if number in failing else "active"}]
        users = [{"username": "eve", "uid": "1000", "shell": "/bin/bash"}]
        tables = tables_of({"shadow": shadow, "users": users}, host=node.name, uuid=node.uuid)
        asyncio.run(serving_one.audit(Osquery(tables)))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main(list(arguments))
    return status, capsys.readouterr().out


def test_days_of_a_server_are_told_by_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Point 14: drift, history, fleet --at, export, verify."""
    with serving(tmp_path) as one:
        with one.context.store.writing() as connection:
            group = find_group(connection, "here")
            assert group is not None
            nodes = [one.node_id, add_node(connection, group.id, "linux", "db1", "another-uuid").id]
        audit_day(one, nodes, set())
        audit_day(one, nodes, {nodes[0]})
        runs = one.context.store.runs()
        assert [(row.number, row.hosts) for row in runs] == [(2, 2), (1, 2)]
        bundle = tmp_path / "b.jsonl"
        with bundle.open("wb") as file:
            one.context.store.export(file, one.context.key)
        head, public = one.context.store.head(), one.context.key.public
        store = one.context.settings.place
    status, out = run(capsys, "fleet", "--store", store, "--json")
    hosts = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert {(host["name"], host["proof"]) for host in hosts} == {("web1", "transport"), ("db1", "transport")}
    assert "transport" in run(capsys, "fleet", "--store", store)[1]
    day = "2026-11-18"  # the day of NOW
    assert one.clock[0] - DAY >= NOW // DAY * DAY
    before = json.loads(run(capsys, "fleet", "--store", store, "--at", day, "--json")[1].splitlines()[0])
    assert before["open"]["critical"] + before["open"]["high"] >= 0
    status, out = run(capsys, "drift", "--store", store, "--json")
    drift = json.loads(out)
    assert {change["host"] for change in drift["changes"]} == {"web1"}
    assert drift["new_hosts"] == []
    assert run(capsys, "history", "web1", "--store", store)[0] == 0
    assert run(capsys, "verify", str(bundle), "--key", public, "--head", head)[0] == 0
    assert run(capsys, "verify", str(bundle), "--key", public, "--head", "0" * 64)[0] == 1
    documents = [json.loads(line) for line in bundle.read_text(encoding="utf-8").splitlines()]
    assert sum('"proof"' in json.dumps(line) for line in documents) >= 4
