"""``server.yaml``: every mistake with its line and column, and nothing is used of a file that has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.error import ContentError, UsageError
from rempart_server.settings import Settings
from rempart_server.settings_file import is_host_name, parse_settings, read_settings


def mistakes(text: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        parse_settings(text.encode(), "/srv")
    return [str(one).removeprefix("/srv/server.yaml:") for one in caught.value.mistakes]


def test_a_name_is_enough() -> None:
    assert parse_settings(b"name: audit.example.org\n", "/srv") == Settings("/srv", "audit.example.org")


def test_all_that_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").touch()
    text = f"""\
name: audit.example.org
address: "10.0.0.1"
port: 443
public_port: 8000
store: postgresql://db/rempart
certificate: {tmp_path}/chain.pem
key: {tmp_path}/chain.pem
public_ca: {tmp_path}/chain.pem
workers: 4
interval: 90s
at: "02:30"
splay: 1h
silent_after: 2d
audit_deadline: 20m
nodes_at_work: 300
enrolments: 50
keep: 90d
trusted_proxies: ["10.0.0.0/24", "::1"]
checks: [{tmp_path}]
metrics_from: [10.0.0.7]
"""
    assert parse_settings(text.encode(), str(tmp_path)) == Settings(
        directory=str(tmp_path),
        name="audit.example.org",
        address="10.0.0.1",
        port=443,
        public_port=8000,
        store="postgresql://db/rempart",
        certificate=f"{tmp_path}/chain.pem",
        key=f"{tmp_path}/chain.pem",
        public_ca=f"{tmp_path}/chain.pem",
        workers=4,
        interval=90,
        at=150,
        splay=3600,
        silent_after=172_800,
        audit_deadline=1200,
        nodes_at_work=300,
        enrolments=50,
        keep=90,
        trusted_proxies=("10.0.0.0/24", "::1"),
        checks=(str(tmp_path),),
        metrics_from=("10.0.0.7",),
    )


def test_every_mistake_is_told_at_once_with_line_and_column() -> None:
    said = mistakes(
        "name: http://x\nport: 70000\nworkers: 4\ninterval: 60\nat: 01:00\nsplay: 25h\nprot: 1\nstore: relative.db\n"
        "key: /nowhere\ntrusted_proxies: [10.0.0.0/33]\n"
    )
    assert [one.partition(": ")[0] for one in said] == [
        "1:7",
        "2:7",
        "3:10",
        "4:11",
        "5:5",
        "6:8",
        "7:1",
        "8:8",
        "9:6",
        "9:6",
        "10:19",
    ]


@pytest.mark.parametrize("text", ["", "- a\n", "name: [a\n", "name: a\nname: b\n", "name: \x00\n", "port: 1\n"])
def test_what_is_no_settings_at_all_is_one_clear_mistake(text: str) -> None:
    assert len(mistakes(text)) == 1


def test_a_directory_without_settings_has_no_server(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rempart server init"):
        read_settings(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("localhost", True),
        ("audit.example.org", True),
        ("192.0.2.1", True),
        ("192.0.2", False),
        ("a" * 64, False),
        ("-a", False),
        ("a..b", False),
        ("a b", False),
        ("a\n", False),
        ("", False),
    ],
)
def test_a_host_name_is_one_by_rfc_1123(name: str, valid: bool) -> None:
    assert is_host_name(name) is valid
