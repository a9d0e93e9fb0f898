"""The flagfile names each path of the door, on each platform."""

from __future__ import annotations

import os
import subprocess

import pytest

from rempart_server.osquery.flagfile import PLATFORMS, flagfile, places

OSQUERYD = os.environ.get("REMPART_OSQUERYD", "")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_all_paths_files_and_the_host_are_named(platform: str) -> None:
    lines = flagfile(platform, "audit.example.org:8443", 60).splitlines()
    assert all(line.startswith("--") and "=" in line for line in lines)
    flags = dict(line[2:].split("=", 1) for line in lines)
    assert flags["tls_hostname"] == "audit.example.org:8443"
    assert flags["distributed_interval"] == "60"
    assert flags["disable_distributed"] == "false"
    assert [flags[name] for name in flags if name.endswith("_endpoint")] == [
        "/api/osquery/enroll",
        "/api/osquery/config",
        "/api/osquery/distributed/read",
        "/api/osquery/distributed/write",
        "/api/osquery/log",
    ]
    at = places(platform)
    assert (flags["tls_server_certs"], flags["enroll_secret_path"]) == (at.authority, at.secret)


@pytest.mark.skipif(not OSQUERYD, reason="REMPART_OSQUERYD names no osqueryd")
def test_a_real_osqueryd_knows_each_flag() -> None:
    known = subprocess.run([OSQUERYD, "--help"], capture_output=True, text=True, check=False).stdout
    for line in flagfile("linux", "localhost:8443", 60).splitlines():
        assert f"{line.partition('=')[0]} VALUE" in known or f"{line.partition('=')[0]} " in known
