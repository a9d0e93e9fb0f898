"""``rempart server node``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.osquery_door import a_secret
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main
from rempart_server.opening import open_context
from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.node import Node, find_by_key, flag_clone, list_nodes


@pytest.fixture
def directory(tmp_path: Path) -> str:
    place = a_directory(tmp_path)
    with open_context(place) as context:
        secret = a_secret(context)
        with context.store.writing() as connection:
            for name in ("pc1", "pc2"):
                said = Enrolment(secret, name, name, name, name, "linux", "Debian \x1b[31m13", "5.23.0")
                key = enrol(connection, said, "192.0.2.7", 1_800_000_000).key
        (tmp_path / "key").write_text(key, encoding="utf-8")
    return place


def _nodes(directory: str) -> list[Node]:
    with open_context(directory) as context, context.store.reading() as connection:
        return list_nodes(connection, None)


def test_nodes_are_listed_without_speaking_to_the_terminal(directory: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "node", "list", "--dir", directory]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1  laptops  pc1  osquery  active  2027-01-15T08:00:00Z  Debian ")
    assert "\x1b" not in said
    assert main(["server", "node", "list", "--json", "--group", "laptops", "--dir", directory]) == 0
    assert [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()] == ["pc1", "pc2"]
    assert main(["server", "node", "list", "--group", "none", "--dir", directory]) == 2


def test_a_node_is_revoked_and_accepted(directory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "node", "revoke", "pc2", "--dir", directory]) == 0
    assert "within 30 seconds" in capsys.readouterr().err
    assert [node.state for node in _nodes(directory)] == ["active", "revoked"]
    with open_context(directory) as context, context.store.reading() as connection:
        assert find_by_key(connection, (tmp_path / "key").read_text(encoding="utf-8"), 0) is None
    assert main(["server", "node", "accept", "2", "--dir", directory]) == 0
    assert [node.state for node in _nodes(directory)] == ["active", "active"]


def test_a_possible_duplicate_is_said_until_it_is_accepted(directory: str, capsys: pytest.CaptureFixture[str]) -> None:
    with open_context(directory) as context, context.store.writing() as connection:
        flag_clone(connection, 1, "key pc7")
        flag_clone(connection, 2, "uuid 1")
    assert main(["server", "node", "list", "--dir", directory]) == 0
    said = capsys.readouterr().out
    assert "two machines use one key" in said
    assert "hardware UUID of node 1" in said
    assert main(["server", "node", "accept", "1", "--dir", directory]) == 0
    assert [node.clone for node in _nodes(directory)] == ["", "uuid 1"]


def test_a_machine_that_enrolled_anew_continues_under_its_name(
    directory: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["server", "node", "merge", "pc1", "--into", "pc1", "--dir", directory]) == 2
    assert main(["server", "node", "merge", "1", "--host", "none", "--dir", directory]) == 2
    assert 'no machine "none"' in capsys.readouterr().err
    assert main(["server", "node", "merge", "1", "--into", "2", "--dir", directory]) == 0
    assert [(node.id, node.name, node.state) for node in _nodes(directory)] == [
        (1, "pc1", "merged"),
        (2, "pc1", "active"),
    ]
    assert main(["server", "node", "accept", "1", "--dir", directory]) == 2
