"""Reading Docker's objects: how they are named, and what is no answer of Docker's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import docker
from rempart_agent.source.contract import Malformed, SourceError

MachineOf = Callable[..., RecordedTarget]
FULL = "8dfafdbc3a40" + "a" * 52


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (None, [FULL]),
        ([FULL], [FULL]),
        (["8dfa", "8df", "8dfa"], ["8dfa", "8df"]),
        (["", "8dfb", "zz", FULL + "a", FULL.upper()], []),
    ],
)
def test_an_id_is_named_by_how_it_begins(asked: list[str] | None, named: list[str]) -> None:
    assert docker.named(FULL, asked) == named


def test_a_name_that_is_no_id_is_named_whole() -> None:
    assert docker.named("tardis", ["tardis"]) == ["tardis"]
    assert docker.named("tardis", ["tar"]) == []


def test_a_refusal_says_what_docker_said(machine_of: MachineOf) -> None:
    answers: dict[str, Any] = {"docker /a": (500, {"message": "why"}), "docker /b": (404, None), "docker /c": (200, [])}
    target = machine_of({}, answers)
    with pytest.raises(SourceError, match="/a: status 500: why"):
        docker.get(target, "t", "/a")
    with pytest.raises(SourceError, match="status 404"):
        docker.get(target, "t", "/b")
    assert docker.find(target, "t", "/b") is None
    assert docker.find(target, "t", "/c") == []
    with pytest.raises(SourceError, match="status 500"):
        docker.find(target, "t", "/a")


def test_what_is_no_list_or_no_object_raises() -> None:
    assert docker.objects(None) == []
    for told in ({}, [3], "x"):
        with pytest.raises(Malformed):
            docker.objects(told)
    with pytest.raises(Malformed):
        docker.one([])


def test_labels_that_are_none_are_no_rows() -> None:
    entries: list[docker.Object] = [{"Id": "sha256:ab", "Labels": None}, {"Id": "cd", "Labels": {"a": "b", "c": 3}}]
    assert list(docker.labels(entries, "id", "Id", None)) == [
        {"id": "cd", "key": "a", "value": "b"},
        {"id": "cd", "key": "c", "value": ""},
    ]


def test_a_name_is_quoted() -> None:
    assert docker.quoted("a/../b\r\n") == "a%2F..%2Fb%0D%0A"
