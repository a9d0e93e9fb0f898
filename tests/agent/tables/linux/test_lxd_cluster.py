"""Table lxd_cluster: what LXD tells of its cluster."""

from __future__ import annotations

import pytest
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.tables.linux import lxd_cluster


def test_the_daemon_is_asked(lxd_service: UnixService) -> None:
    assert rows_of(lxd_cluster) == [
        {
            "server_name": "lxd01",
            "enabled": 1,
            "member_config_entity": "storage-pool",
            "member_config_name": "local",
            "member_config_key": "source",
            "member_config_value": "/dev/sdb",
            "member_config_description": "d",
        }
    ]
    assert all(uri.startswith("/1.0/") for uri in lxd_service.asked)


def test_what_is_no_answer_of_lxd_raises(lxd_service: UnixService) -> None:
    for told in ([], {"metadata": 3}, {"metadata": ["/etc"]}, {"error": "x"}):
        lxd_service.say(told)
        with pytest.raises(Malformed):
            rows_of(lxd_cluster)
    lxd_service.say({"error": "no such right"}, 403)
    with pytest.raises(SourceError, match="status 403: no such right"):
        rows_of(lxd_cluster)
    lxd_service.path.unlink()
    with pytest.raises(Missing):
        rows_of(lxd_cluster)
