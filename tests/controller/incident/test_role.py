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

from rempart_core.messages.carried import from_data
from rempart_core.messages.say import say_both
from rempart_fix.acts import nft

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
LIFT = load(ROLE / "library/rempart_lift.py")


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
    (refused,) = WAY.read_way_in(connection).values()
    assert refused["id"] in {"role.no_ssh", "role.own_host", "role.no_address"}
    told = say_both(from_data(refused))
    assert told.en == refused["en"] != told.fr


@given(
    connection=st.text(max_size=60)
    | st.lists(st.sampled_from(["::1", "10.0.0.1", "22", "x", "%"]), max_size=5).map(" ".join)
)
def test_any_word_of_a_host_is_an_address_or_refused(connection: str) -> None:
    way = WAY.read_way_in(connection)
    if "refused" in way:
        return
    assert set(way["address"]) <= set("0123456789abcdef.:")
    assert 0 < way["port"] < 65536


def write_rules(connection: str, folder: Path) -> Path:
    """Write what nft loads: the body of the table as the fix INC-01 renders it."""
    template = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, autoescape=False).from_string(  # noqa: S701
        (ROLE / "templates/quarantine.nft.j2").read_text(encoding="utf-8")
    )
    rules = folder / "quarantine.nft"
    body = template.render(incident_way=WAY.read_way_in(connection)).strip("\n")
    rules.write_text(nft.render("inet", "rempart_quarantine", body))
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


OLD = """table inet quarantine {
chain input {
type filter hook input priority -300; policy drop;
iif lo accept
FAMILY saddr ADDRESS tcp dport 22 accept
icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept
icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
ip6 saddr fe80::/10 icmpv6 type mld-listener-query ip6 hoplimit 1 accept
}
chain output {
type filter hook output priority -300; policy drop;
oif lo accept
FAMILY daddr ADDRESS tcp sport 22 accept
FAMILY daddr ADDRESS ICMP type { destination-unreachable, parameter-problem } accept
icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
}
chain forward {
type filter hook forward priority -300; policy drop;
}
}
"""
"""As version 0.1.0 isolated a host."""


def list_as_nft_does(rules: str, folder: Path) -> str:
    """Return a table as nft lists it, once it was loaded."""
    (folder / "rules").write_text(rules)
    words = ["unshare", "--net", "sh", "-ec", "nft -f $0; nft --stateless list ruleset", str(folder / "rules")]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(NFT is None or os.geteuid() != 0, reason="needs root and nft")
@pytest.mark.parametrize("family", ["ip", "ip6"])
def test_the_table_of_an_older_version_is_known_again_and_no_other_is_taken_for_it(family: str, tmp_path: Path) -> None:
    words = {"FAMILY": family, "ADDRESS": "192.0.2.1", "ICMP": "icmp"}
    words |= {"ADDRESS": "2001:db8::1", "ICMP": "icmpv6"} if family == "ip6" else {}
    old = OLD
    for word, text in words.items():
        old = old.replace(word, text)
    listed = list_as_nft_does(old, tmp_path)
    assert LIFT.is_old_table(listed)
    mine = [
        old.replace("policy drop", "policy accept", 1),
        old.replace("table inet quarantine {", "table inet quarantine {\nset bad { type ipv4_addr; }"),
        old.replace("tcp sport 22", "tcp sport 2222"),
        old.replace("oif lo accept", "oif lo drop"),
        old.replace("hook forward priority -300; policy drop;", "hook forward priority -300; policy drop;\naccept"),
        "table inet quarantine {\n}",
        "table inet quarantine {\nchain input {\n}\nchain output {\n}\nchain forward {\n}\n}",
    ]
    assert [LIFT.is_old_table(list_as_nft_does(one, tmp_path)) for one in mine] == [False] * len(mine)
    assert not LIFT.is_old_table("")


@pytest.fixture
def lifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what a host has and what is run there: units below ``units``, a table of nftables by its name."""
    (tmp_path / "units/nftables.service.d").mkdir(parents=True)
    (tmp_path / "etc/rempart").mkdir(parents=True)
    host: dict[str, Any] = {"top": tmp_path, "tables": {}, "asked": []}

    def run(words: list[str]) -> tuple[int, str]:
        host["asked"].append(words)
        if words[0] == "nft" and "delete" in words:
            del host["tables"][words[-1]]
        if words[0] == "nft" and "list" in words:
            return (0, host["tables"][words[-1]]) if words[-1] in host["tables"] else (1, "No such file or directory")
        return 0, ""

    monkeypatch.setattr(LIFT, "run", run)
    monkeypatch.setattr(LIFT, "UNITS", str(tmp_path / "units"))
    monkeypatch.setattr(LIFT, "CHANGES", str(tmp_path / "changes"))
    monkeypatch.setattr(LIFT, "OLD_RULES", str(tmp_path / "etc/rempart/quarantine.nft"))
    monkeypatch.setattr(LIFT, "RULES", str(tmp_path / "etc/nftables.d/rempart-quarantine.nft"))
    return host


def refusal_of(change: str) -> tuple[str, str]:
    """Return the message's id by which an isolation is not lifted without force, and its English in both places."""
    with pytest.raises(LIFT.Refusal) as refused:
        LIFT.lift(change, "unknown", force=False)
    told = say_both(from_data({**refused.value.says, "en": ""}))
    assert told.en == str(refused.value) != told.fr
    return refused.value.says["id"], told.en


def test_rules_that_nft_does_not_tell_or_delete_are_said_with_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, ask in ((MODULE, MODULE.read_rules), (LIFT, lambda: LIFT.remove_table("inet", "x"))):
        monkeypatch.setattr(module, "run", lambda _words: (1, " no netlink: refused\n"))
        with pytest.raises(module.Refusal) as refused:
            ask()
        told = say_both(from_data({**refused.value.says, "en": ""}))
        assert told.en == str(refused.value)
        assert told.fr.startswith("les règles de nftables ne peuvent pas être")
        assert told.fr.endswith("\u00a0: no netlink: refused")
    monkeypatch.undo()
    assert refusal_of("../x") == ("role.no_change", "'../x' is no id of a change")


CHAIN = "chain {0} {{\ntype filter hook {0} priority raw; policy drop;\n{1}}}\n"
WAYS = 'iif "lo" accept\nip saddr 192.0.2.1 tcp dport 22 accept\nicmp type x accept\nicmpv6 type x accept\n'
LISTED = "table inet quarantine {\n" + "".join(
    [
        CHAIN.format("input", WAYS),
        CHAIN.format("output", WAYS.replace("iif", "oif").replace("saddr", "daddr").replace("dport", "sport")),
        CHAIN.format("forward", ""),
    ]
) + "}\n"  # fmt: skip


def isolate_as_before(host: dict[str, Any], table: str = LISTED) -> None:
    mark = "# Written by Rempart: this host is isolated.\n"
    for path in ("units/rempart-quarantine.service", "units/nftables.service.d/rempart-quarantine.conf"):
        (host["top"] / path).write_text(mark)
    (host["top"] / "etc/rempart/quarantine.nft").write_text(mark)
    host["tables"]["quarantine"] = table


def test_what_an_older_version_isolated_by_is_lifted_without_force(lifted: dict[str, Any]) -> None:
    isolate_as_before(lifted)
    gone = LIFT.lift("incident-1", "unknown", force=False)
    assert "table inet quarantine" in gone
    assert lifted["tables"] == {}
    assert [path for path in lifted["top"].rglob("*") if path.is_file()] == []


def test_a_table_of_the_former_name_that_is_anothers_stays_whatever_is_said(lifted: dict[str, Any]) -> None:
    lifted["tables"]["quarantine"] = LISTED  # to the letter, and no file nor record says that it is ours
    assert LIFT.lift("incident-1", "undone", force=True) == []
    assert list(lifted["tables"]) == ["quarantine"]


def test_what_somebody_changed_of_the_former_isolation_is_lifted_by_force_alone(lifted: dict[str, Any]) -> None:
    isolate_as_before(lifted, LISTED.replace("policy drop", "policy accept"))
    assert refusal_of("incident-1") == ("role.changed_since", "changed since by somebody else: table inet quarantine")
    assert (lifted["top"] / "units/rempart-quarantine.service").exists()
    LIFT.lift("incident-1", "unknown", force=True)
    assert lifted["tables"] == {}


def test_an_isolation_without_a_record_is_lifted_by_force_alone(lifted: dict[str, Any]) -> None:
    (lifted["top"] / "units/rempart-firewall-quarantine.service").write_text("")
    (lifted["top"] / "units/rempart-undo-incident-1.timer").write_text("")
    lifted["tables"] = {
        "rempart_quarantine": "table inet rempart_quarantine {\n}\n",
        "filter": "table inet filter {\n}\n",
    }
    assert refusal_of("incident-1") == ("role.unknown_change", "this endpoint knows no change incident-1")
    assert len(lifted["tables"]) == 2
    LIFT.lift("incident-1", "unknown", force=True)
    assert list(lifted["tables"]) == ["filter"]
    assert [path for path in lifted["top"].rglob("*") if path.is_file()] == []


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
