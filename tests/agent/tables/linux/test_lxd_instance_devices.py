"""Table lxd_instance_devices: what LXD tells of the devices of containers."""

from __future__ import annotations

import pytest
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.tables.linux import lxd_instance_devices


def test_the_daemon_is_asked(lxd_service: UnixService) -> None:
    assert rows_of(lxd_instance_devices, name="foo") == [
        {"name": "foo", "device": "root", "device_type": "disk", "key": "path", "value": "/"},
        {"name": "foo", "device": "root", "device_type": "disk", "key": "pool", "value": "default"},
        {"name": "foo", "device": "eth0", "device_type": "nic", "key": "name", "value": "eth0"},
        {"name": "foo", "device": "eth0", "device_type": "nic", "key": "network", "value": "lxdbr0"},
    ]
    assert all(uri.startswith("/1.0/") for uri in lxd_service.asked)


def test_what_is_not_there_is_no_row(lxd_service: UnixService) -> None:
    assert rows_of(lxd_instance_devices, name="nope") == []
    assert lxd_service.asked


def test_what_is_no_answer_of_lxd_raises(lxd_service: UnixService) -> None:
    for told in ([], {"metadata": 3}, {"metadata": ["/etc"]}, {"error": "x"}):
        lxd_service.say(told)
        with pytest.raises(Malformed):
            rows_of(lxd_instance_devices, name="foo")
    lxd_service.say({"error": "no such right"}, 403)
    with pytest.raises(SourceError, match="status 403: no such right"):
        rows_of(lxd_instance_devices, name="foo")
    lxd_service.path.unlink()
    with pytest.raises(Missing):
        rows_of(lxd_instance_devices, name="foo")
