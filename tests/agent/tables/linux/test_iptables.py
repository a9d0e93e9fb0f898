"""Table iptables, from the answers of a real kernel (``recorded/iptables.json``)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, NotObservable, Query, SourceError
from rempart_agent.tables.linux import iptables
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "iptables.json").read_text())
AGENT = str(Path(__file__).parents[4] / "agent")
ANY = {
    "src_ip": "0.0.0.0",  # noqa: S104
    "dst_ip": "0.0.0.0",  # noqa: S104
    "src_mask": "0.0.0.0",  # noqa: S104
    "dst_mask": "0.0.0.0",  # noqa: S104
    "iniface": "all",
    "outiface": "all",
    "iniface_mask": "",
    "outiface_mask": "",
    "match": "yes",
    "src_port": "",
    "dst_port": "",
    "protocol": 0,
}


def _rows(machine: Machine, chain: str) -> list[dict[str, Any]]:
    rows = iptables.rows(machine({}, {"iptables": RECORDED}), Query())
    return [dict(row) for row in rows if (row["filter_name"], row["chain"]) == ("filter", chain)]


def test_a_root_filesystem_has_no_rules_loaded(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        list(iptables.rows(RootTarget(str(tmp_path)), Query()))


def test_a_chain_is_its_rules_and_a_row_with_its_policy(machine_of: Machine) -> None:
    assert _rows(machine_of, "FORWARD") == [
        {"filter_name": "filter", "chain": "FORWARD", "policy": "DROP", "packets": 0, "bytes": 0}
    ]
    rows = _rows(machine_of, "INPUT")
    head = {"filter_name": "filter", "chain": "INPUT", "policy": "ACCEPT", "packets": 0, "bytes": 0}
    assert len(rows) == 9
    assert rows[-1] == head
    assert rows[0] == {**head, **ANY, "iniface": "lo", "iniface_mask": "FFFFFF", "target": "ACCEPT"}
    assert rows[1] == {
        **head,
        **ANY,
        "protocol": 6,
        "src_ip": "10.0.0.0",
        "src_mask": "255.0.0.0",
        "src_port": "0:65535",
        "dst_port": "22:22",
        "target": "ACCEPT",
    }
    assert (rows[2]["protocol"], rows[2]["src_port"], rows[2]["dst_port"]) == (17, "53:53", "1000:2000")
    assert rows[2]["target"] == "DROP"


def test_ports_of_another_match_are_not_made_up(machine_of: Machine) -> None:
    row = _rows(machine_of, "INPUT")[3]  # -m multiport
    assert (row["protocol"], row["src_port"], row["dst_port"]) == (6, "", "")


def test_what_is_inverted_says_so(machine_of: Machine) -> None:
    row = _rows(machine_of, "INPUT")[4]
    assert (row["src_ip"], row["iniface"], row["iniface_mask"]) == ("!192.168.0.0", "!eth+", "FFFFFF")
    assert row["target"] == "REJECT"
    assert "protocol" not in _rows(machine_of, "INPUT")[6]


def test_chains_that_a_user_made(machine_of: Machine) -> None:
    rows = _rows(machine_of, "INPUT")
    assert [row["target"] for row in rows[5:8]] == ["mine", "zzz", ""]
    assert [row.get("target") for row in _rows(machine_of, "mine")] == ["RETURN", None]
    assert _rows(machine_of, "mine")[0]["policy"] == ""
    assert len(_rows(machine_of, "empty")) == 1


def test_no_table_is_no_row_and_a_refusal_is_an_error(machine_of: Machine) -> None:
    assert list(iptables.rows(machine_of({}, {"iptables": []}), Query())) == []
    with pytest.raises(Denied):
        list(iptables.rows(machine_of({}, {"iptables": Denied("not root")}), Query()))


@pytest.mark.parametrize("cut", [1, 60, 150])
def test_a_cut_off_answer_is_an_error(cut: int) -> None:
    name, answer = RECORDED[0]
    entries = base64.b64encode(base64.b64decode(answer["entries"])[:-cut]).decode()
    with pytest.raises(Malformed):
        list(iptables.parse(name, answer["info"], entries))


@given(st.data())
def test_a_garbled_answer_gives_rows_or_a_reason(data: st.DataObject) -> None:
    name, answer = RECORDED[0]
    garbled = bytearray(base64.b64decode(answer["entries"]))
    for _ in range(data.draw(st.integers(1, 6))):
        garbled[data.draw(st.integers(0, len(garbled) - 1))] = data.draw(st.integers(0, 255))
    found = outcome(lambda: iptables.parse(name, answer["info"], base64.b64encode(bytes(garbled)).decode()))
    assert isinstance(found, SourceError) or all(row["chain"] for row in found)


@given(st.binary(), st.binary())
def test_any_answer_gives_rows_or_a_reason(info: bytes, entries: bytes) -> None:
    encoded = [base64.b64encode(data).decode() for data in (info, entries)]
    assert isinstance(outcome(lambda: iptables.parse("filter", *encoded)), (SourceError, list))


def test_this_kernel_s_tables_are_those_of_iptables_save() -> None:
    if os.geteuid() or not shutil.which("iptables-legacy") or not shutil.which("unshare"):
        pytest.skip("needs root, iptables-legacy and unshare")
    script = (
        "from rempart_agent.readers.kernel import legacy_ruleset as l\n"
        "from rempart_agent.tables.linux import iptables as t\n"
        "rows = [r for n, a in l.read('ip') for r in t.parse(n, a['info'], a['entries'])]\n"
        "print([(r['chain'], r['policy'], r.get('dst_port'), r.get('target')) for r in rows])\n"
    )
    commands = "iptables-legacy -P INPUT DROP && iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT"
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", f'{commands} && exec {sys.executable} -c "$0"', script],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": AGENT, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        check=False,
    )
    if done.returncode:
        pytest.skip("no legacy tables in this kernel: " + done.stderr[-100:])
    assert done.stdout.startswith(
        "[('INPUT', 'DROP', '22:22', 'ACCEPT'), ('INPUT', 'DROP', None, None), ('FORWARD', 'ACCEPT', None, None)"
    )
