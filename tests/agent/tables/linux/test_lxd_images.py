"""Table lxd_images: what LXD tells of its images."""

from __future__ import annotations

import pytest
from rempart_testing.lxd_daemon import FINGERPRINT
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.tables.linux import lxd_images


def test_the_daemon_is_asked(lxd_service: UnixService) -> None:
    assert rows_of(lxd_images, id=FINGERPRINT) == [
        {
            "architecture": "x86_64",
            "filename": "06b8.rootfs",
            "created_at": "2021-03-23T20:00:00-04:00",
            "expires_at": "2025-03-23T20:00:00-04:00",
            "uploaded_at": "2021-03-24T14:18:15.115036787-04:00",
            "last_used_at": "2021-03-22T20:39:00.575185384-04:00",
            "auto_update": 1,
            "cached": 1,
            "public": 0,
            "os": "Ubuntu",
            "release": "jammy",
            "description": "Ubuntu 22.04",
            "update_source_server": "https://cloud-images.ubuntu.com/releases/",
            "update_source_protocol": "simplestreams",
            "update_source_certificate": "",
            "update_source_alias": "jammy",
            "size": 272237676,
            "aliases": "a,b",
            "id": FINGERPRINT,
        }
    ]
    assert all(uri.startswith("/1.0/") for uri in lxd_service.asked)


def test_what_is_not_there_is_no_row(lxd_service: UnixService) -> None:
    assert rows_of(lxd_images, id="ffff") == []
    assert lxd_service.asked


def test_what_is_no_answer_of_lxd_raises(lxd_service: UnixService) -> None:
    for told in ([], {"metadata": 3}, {"metadata": ["/etc"]}, {"error": "x"}):
        lxd_service.say(told)
        with pytest.raises(Malformed):
            rows_of(lxd_images, id=FINGERPRINT)
    lxd_service.say({"error": "no such right"}, 403)
    with pytest.raises(SourceError, match="status 403: no such right"):
        rows_of(lxd_images, id=FINGERPRINT)
    lxd_service.path.unlink()
    with pytest.raises(Missing):
        rows_of(lxd_images, id=FINGERPRINT)
