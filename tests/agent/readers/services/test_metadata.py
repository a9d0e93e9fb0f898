"""What a cloud tells a machine of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from rempart_testing import cloud_world
from rempart_testing.target import RecordedTarget
from rempart_testing.web_server import Reply, Web, web_server

from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import Malformed, Missing, NotObservable, SourceError
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Run the metadata services on the loopback, in the place of their address."""
    with web_server(cloud_world.answer) as web:
        monkeypatch.setattr(metadata, "ADDRESS", web.url("").rstrip("/"))
        yield web


def test_ec2_is_asked_with_a_token_that_is_fetched_once(cloud: Web) -> None:
    target = LiveTarget()
    assert metadata.ec2_identity(target, "t")["instanceId"] == "i-1234567890abcdef0"
    assert metadata.ec2(target, "t", "meta-data/mac") == "02:29:96:8f:6a:2d\n"
    assert metadata.ec2(target, "t", "meta-data/absent") == ""
    assert [asked.method for asked in cloud.asked] == ["PUT", "GET", "GET", "GET"]


def test_ec2_without_tokens_is_asked_without(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(lambda asked: cloud_world.answer(asked, "")) as web:
        monkeypatch.setattr(metadata, "ADDRESS", web.url("").rstrip("/"))
        assert metadata.ec2(LiveTarget(), "t", "meta-data/reservation-id") == "r-fea54097"


def test_a_service_that_refuses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(lambda _: Reply(503, b"later")) as web:
        monkeypatch.setattr(metadata, "ADDRESS", web.url("").rstrip("/"))
        with pytest.raises(SourceError, match="503"):
            metadata.ec2(LiveTarget(), "t", "meta-data/mac")
        with pytest.raises(SourceError, match="503"):
            metadata.document(LiveTarget(), "t", web.url("/x"), {})
    with web_server(lambda _: Reply(body=b"[1]")) as web, pytest.raises(Malformed):
        metadata.document(LiveTarget(), "t", web.url("/x"), {})


def test_azure_is_asked_only_where_its_agent_was(machine_of: MachineOf) -> None:
    with pytest.raises(Missing, match="no machine of Azure"):
        metadata.azure(machine_of({}, {}), "t")
    url = f"metadata {metadata.ADDRESS}/metadata/instance/compute?api-version=2018-02-01"
    machine = machine_of({"/var/log/waagent.log": ""}, {url: (200, '{"vmId": "x"}')})
    assert metadata.azure(machine, "t") == {"vmId": "x"}


def test_nobody_there_and_nothing_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "ADDRESS", "http://127.0.0.1:1")
    with pytest.raises(Missing, match="nobody listens"):
        metadata.ec2(LiveTarget(), "t", "meta-data/mac")
    target = RecordedTarget(str(tmp_path), {})
    target.live = False
    asks: Mapping[str, Callable[[], object]] = {
        "ec2": lambda: metadata.ec2(target, "t", "x"),
        "azure": lambda: metadata.azure(target, "t"),
    }
    for ask in asks.values():
        with pytest.raises(NotObservable):
            ask()
