"""Reading LXD's objects: where it listens, what it lists, what is no answer of its."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import lxd, unix_http
from rempart_agent.source.contract import Malformed, SourceError

MachineOf = Callable[..., RecordedTarget]
NOT_FOUND = (404, {"error": "not found"})


def _machine(machine_of: MachineOf, **answers: Any) -> RecordedTarget:
    return machine_of({}, {"lxd /1.0/" + name: answer for name, answer in answers.items()})


def test_the_socket_is_that_of_the_package_or_of_the_snap(
    machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def get(path: str, _uri: str) -> tuple[int, Any]:
        asked.append(path)
        return 200, {"metadata": []}

    monkeypatch.setattr(unix_http, "get", get)
    for files in ({}, {lxd.SOCKETS[1]: ""}, {lxd.SOCKETS[0]: "", lxd.SOCKETS[1]: ""}):
        target = machine_of(files)
        monkeypatch.setattr(target, "ask", lambda _source, question: question())
        lxd.get(target, "t", "/1.0/x")
    assert asked == [lxd.SOCKETS[0], lxd.SOCKETS[1], lxd.SOCKETS[0]]


def test_containers_are_instances_where_lxd_no_longer_knows_them(machine_of: MachineOf) -> None:
    target = _machine(machine_of, containers=NOT_FOUND, instances=(200, {"metadata": ["/1.0/instances/a"]}))
    assert lxd.containers(target, "t", None) == ["/1.0/instances/a"]
    assert lxd.containers(target, "t", ["a/b", ""]) == ["/1.0/instances/a%2Fb"]
    target = _machine(machine_of, containers=(200, {"metadata": None}))
    assert lxd.containers(target, "t", None) == []
    assert lxd.containers(target, "t", ["a"]) == ["/1.0/containers/a"]


def test_what_is_not_there_is_none_and_what_is_refused_raises(machine_of: MachineOf) -> None:
    target = _machine(machine_of, a=NOT_FOUND, b=(403, {"error": "not authorized"}), c=(200, {"metadata": 3}))
    assert lxd.find(target, "t", "/1.0/a") is None
    with pytest.raises(SourceError, match="status 404: not found"):
        lxd.get(target, "t", "/1.0/a")
    with pytest.raises(SourceError, match="not authorized"):
        lxd.find(target, "t", "/1.0/b")
    with pytest.raises(Malformed):
        lxd.find(target, "t", "/1.0/c")


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)


@given(_JSON, _JSON)
def test_any_answer_is_taken_or_refused(told: Any, inner: Any) -> None:
    for answer in (told, {"metadata": inner}):
        target = RecordedTarget("/", {"lxd /1.0/x": (200, answer)})
        try:
            assert all(uri.startswith("/1.0/") for uri in lxd.urls(target, "t", "/1.0/x"))
        except Malformed:
            continue
