"""Table ycloud_instance_metadata."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing import cloud_world
from rempart_testing.web_server import web_server

from rempart_agent.source.contract import Constraint, Missing, NotObservable, Query, Unfit
from rempart_agent.tables.linux import ycloud_instance_metadata
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget


def _at(*endpoints: str) -> Query:
    return Query(frozenset(), (Constraint("metadata_endpoint", "=", endpoints),))


def test_a_machine_is_told_of() -> None:
    with web_server(cloud_world.answer) as web:
        endpoint = web.url("")
        (row,) = ycloud_instance_metadata.rows(LiveTarget(), _at(endpoint))
    assert row == {
        "instance_id": "fhm1",
        "folder_id": "b1g",
        "cloud_id": "b1c",
        "name": "vm",
        "description": "a machine",
        "hostname": "vm.ru-central1.internal",
        "zone": "ru-central1-a",
        "ssh_public_key": "alice:ssh-rsa AAAA",
        "serial_port_enabled": "1",
        "metadata_endpoint": endpoint,
    }


def test_a_zone_is_the_last_part_of_its_path() -> None:
    assert ycloud_instance_metadata.zone("projects/b1g/zones/ru-central1-a") == "ru-central1-a"
    assert ycloud_instance_metadata.zone("ru-central1-a") == ycloud_instance_metadata.zone("projects/x") == ""


def test_no_service_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        list(ycloud_instance_metadata.rows(LiveTarget(), _at("http://127.0.0.1:1")))
    with pytest.raises(Unfit):
        list(ycloud_instance_metadata.rows(LiveTarget(), _at("file:///etc/passwd?")))
    with pytest.raises(NotObservable):
        list(ycloud_instance_metadata.rows(RootTarget(str(tmp_path)), Query()))
