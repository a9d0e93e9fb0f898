"""The unit of a server: its owner's, shut in, with the one power that a low port needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.error import UsageError
from rempart_server.settings import Settings
from rempart_server.unit import owner_of, write_unit


def test_it_writes_to_its_directory_alone_and_reads_its_passwords_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "a b"
    place.mkdir()
    lines = write_unit(Settings(str(place), "audit.example.org"), "/opt/r/bin/rempart").splitlines()
    assert f'ExecStart=/opt/r/bin/rempart server run --dir "{place}"' in lines
    assert [line for line in lines if line.startswith("ReadWritePaths")] == [f'ReadWritePaths="{place}"']
    assert f'EnvironmentFile=-"{place}/environment"' in lines
    assert f"User={owner_of(str(place))}" in lines
    assert "ProtectSystem=strict" in lines
    assert "CapabilityBoundingSet=" in lines
    assert "RestartPreventExitStatus=2" in lines


def test_a_low_port_is_given_its_one_power(tmp_path: Path) -> None:
    lines = write_unit(Settings(str(tmp_path), "audit.example.org", port=443), "/bin/rempart").splitlines()
    assert [line for line in lines if "CAP_" in line] == [
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
    ]


def test_postgresql_comes_first(tmp_path: Path) -> None:
    settings = Settings(str(tmp_path), "audit.example.org", store="postgresql://db/rempart")
    assert "After=network-online.target postgresql.service" in write_unit(settings, "/bin/rempart").splitlines()


def test_a_directory_that_is_not_there_has_no_owner(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        owner_of(str(tmp_path / "away"))
