"""What the role of incidents does: the way in that it reads, the rules that it writes, the logs that it finds."""

from __future__ import annotations

import base64
import importlib.util
import os
import shutil
import subprocess
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

ROLE = Path(__file__).resolve().parents[3] / "playbooks/roles/incident"
NFT = shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WAY = load(ROLE / "filter_plugins/rempart_way_in.py")
MODULE = load(ROLE / "library/rempart_incident.py")


@pytest.mark.parametrize(
    ("connection", "address", "family"),
    [
        ("192.0.2.1 50000 192.0.2.9 2222", "192.0.2.1", "ip"),
        ("2001:db8::1 50000 2001:db8::9 2222", "2001:db8::1", "ip6"),
        ("fe80::1%eth0 50000 fe80::9%eth0 2222", "fe80::1", "ip6"),
        ("::ffff:192.0.2.1 50000 ::ffff:192.0.2.9 2222", "192.0.2.1", "ip"),
    ],
)
def test_the_way_in_is_where_the_connection_comes_from(connection: str, address: str, family: str) -> None:
    assert WAY.read_way_in(connection) == {"address": address, "family": family, "port": 2222}


@pytest.mark.parametrize(
    "connection",
    [
        "",
        None,
        ["192.0.2.1"],
        "192.0.2.1 50000 192.0.2.9",
        "192.0.2.1 50000 192.0.2.9 0",
        "192.0.2.1 50000 192.0.2.9 65536",
        "192.0.2.1 50000 192.0.2.9 22;reboot",
        "192.0.2.1 50000 192.0.2.9 ٢٢",
        "192.0.2.0/24 50000 192.0.2.9 22",
        "0.0.0.0 50000 192.0.2.9 22",
        "{{lookup('pipe','id')}} 50000 192.0.2.9 22",
        "192.0.2.9 50000 192.0.2.9 22",
        "127.0.0.1 50000 127.0.0.2 22",
        "::1 50000 ::1 22",
        "224.0.0.1 50000 192.0.2.9 22",
    ],
)
def test_what_is_no_way_in_never_becomes_a_rule(connection: Any) -> None:
    with pytest.raises(WAY.AnsibleFilterError):
        WAY.read_way_in(connection)


@given(
    connection=st.text(max_size=60)
    | st.lists(st.sampled_from(["::1", "10.0.0.1", "22", "x", "%"]), max_size=5).map(" ".join)
)
def test_any_word_of_a_host_is_an_address_or_refused(connection: str) -> None:
    try:
        way = WAY.read_way_in(connection)
    except WAY.AnsibleFilterError:
        return
    assert set(way["address"]) <= set("0123456789abcdef.:")
    assert 0 < way["port"] < 65536


def write_rules(connection: str, folder: Path) -> Path:
    template = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, autoescape=False).from_string(  # noqa: S701
        (ROLE / "templates/quarantine.nft.j2").read_text(encoding="utf-8")
    )
    rules = folder / "quarantine.nft"
    rules.write_text(template.render(incident_way=WAY.read_way_in(connection)))
    return rules


@pytest.mark.skipif(NFT is None or os.geteuid() != 0, reason="needs root and nft")
@pytest.mark.parametrize("connection", ["192.0.2.1 50000 192.0.2.9 22", "2001:db8::1 50000 2001:db8::9 22"])
def test_the_rules_are_ones_that_nft_takes(connection: str, tmp_path: Path) -> None:
    rules = write_rules(connection, tmp_path)
    words = ["unshare", "--net", "sh", "-ec", "nft -c -f $0; nft -f $0; nft -f $0; nft list ruleset", str(rules)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("policy drop") == 3
    assert "ct state" not in done.stdout
    assert done.stdout.count(connection.split(maxsplit=1)[0]) == 3


# A switch that snoops sends what asks for the host's address only to who reports that it wants it.
_SNOOPED = """
ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_query_interval 100 mcast_query_response_interval 50
ip link add port type veth peer name host
unshare --net sleep 120 &
inside="nsenter -t $! -n"
until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do :; done
ip link set host netns $!
ip link set port master br0 up
ip link set br0 up
$inside ip link set host up
$inside ip addr add fd77::15/64 dev host nodad
know() { timeout 30 sh -c "until bridge mdb show | grep -q 'port port grp ff02::1:ff00:15 '; do sleep 0.1; done"; }
know
$inside nft -f $0
bridge mdb del dev br0 port port grp ff02::1:ff00:15
know && echo known
kill $!
"""


@pytest.mark.skipif(
    NFT is None or os.geteuid() != 0 or not all(map(shutil.which, ("ip", "bridge", "nsenter", "unshare"))),
    reason="needs root, nft and iproute2",
)
def test_a_switch_that_snoops_goes_on_sending_to_an_isolated_host_on_ipv6(tmp_path: Path) -> None:
    rules = write_rules("fd77::1 50000 fd77::15 22", tmp_path)
    words = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-ec", _SNOOPED, str(rules)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    if "not supported" in done.stderr:
        pytest.skip(f"no such bridge here: {done.stderr}")
    assert (done.returncode, done.stdout) == (0, "known\n"), done.stderr


def unpack(item: dict[str, Any]) -> bytes:
    return zlib.decompress(base64.b64decode(item["data"]))


def collect(top: Path, **limits: int) -> dict[str, dict[str, Any]]:
    wanted = {"journal_limit": 0, "limit": 1 << 20, "file_limit": 1 << 20, "paths": [str(top)], **limits}
    return {Path(item["name"]).name: item for item in MODULE.collect_logs(wanted)["items"]}


def test_logs_come_whole_and_only_regular_files_do(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below/auth.log").write_bytes(b"\xff\x00 one\n")
    (tmp_path / "shadow").symlink_to("/etc/shadow")
    os.mkfifo(tmp_path / "pipe")
    found = collect(tmp_path)
    assert set(found) == {"auth.log"}
    assert unpack(found["auth.log"]) == b"\xff\x00 one\n"
    assert found["auth.log"]["reason"] == ""


def test_of_a_long_log_the_end_is_taken_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "long.log").write_bytes(b"a" * 90 + b"0123456789")
    found = collect(tmp_path, file_limit=10)["long.log"]
    assert (unpack(found), found["reason"]) == (b"0123456789", "only its last 10 of 100 bytes")


def test_what_exceeds_the_limit_is_named_the_oldest_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "middle", "old")):
        (tmp_path / name).write_bytes(b"x" * 40)
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    found = collect(tmp_path, limit=50)
    assert len(unpack(found["new"])) == 40
    assert "only its last 10" in found["middle"]["reason"]
    assert "left out" in found["old"]["reason"]
    assert "data" not in found["old"]


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert collect(tmp_path / "nowhere")["nowhere"]["reason"] == "No such file or directory"


def test_a_link_that_takes_a_files_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="symbolic links"):
        MODULE.read_file(str(tmp_path / "x"), 100)
