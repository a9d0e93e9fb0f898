"""Table lxd_instances: what LXD tells of its containers."""

from __future__ import annotations

import pytest
from rempart_testing.lxd_daemon import FINGERPRINT
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.tables.linux import lxd_instances


def test_the_daemon_is_asked(lxd_service: UnixService) -> None:
    assert rows_of(lxd_instances) == [
        {
            "name": "foo",
            "status": "Running",
            "created_at": "2021-03-23T20:00:00-04:00",
            "stateful": 0,
            "ephemeral": 1,
            "base_image": FINGERPRINT,
            "description": "Ubuntu 22.04",
            "os": "Ubuntu",
            "architecture": "x86_64",
            "pid": 7281,
            "processes": 50,
        }
    ]
    assert all(uri.startswith("/1.0/") for uri in lxd_service.asked)


def test_what_is_not_there_is_no_row(lxd_service: UnixService) -> None:
    assert rows_of(lxd_instances, name="nope") == []
    assert lxd_service.asked


def test_what_is_no_answer_of_lxd_raises(lxd_service: UnixService) -> None:
    for told in ([], {"metadata": 3}, {"metadata": ["/etc"]}, {"error": "x"}):
        lxd_service.say(told)
        with pytest.raises(Malformed):
            rows_of(lxd_instances)
    lxd_service.say({"error": "no such right"}, 403)
    with pytest.raises(SourceError, match="status 403: no such right"):
        rows_of(lxd_instances)
    lxd_service.path.unlink()
    with pytest.raises(Missing):
        rows_of(lxd_instances)
