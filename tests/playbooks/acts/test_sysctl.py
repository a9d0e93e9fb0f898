"""Specs for kernel settings: what stays as strict as it is, live and after a start, and what is left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import rempart_fix as fixing
from rempart_fix.acts import sysctl
from rempart_fix.fix import resolve as resolve_fix
from rempart_fix.place import Place
from rempart_fix.sight import Sight

FILE = "/etc/sysctl.d/zz-rempart.conf"
LIVE = {"kernel/yama/ptrace_scope": "3", "net/ipv4/conf/all/rp_filter": "0"}
LIVE |= {f"net/ipv4/conf/{name}/rp_filter": "0" for name in ("lo", "eth0", "eth0.7")}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    live = dict(LIVE)
    monkeypatch.setattr(sysctl, "read", lambda _, target: live.get(target))
    monkeypatch.setattr(sysctl.glob, "glob", lambda _: [f"/proc/sys/{name}" for name in live if "/conf/" in name])
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    (tmp_path / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (tmp_path / "etc/group").write_text("root:x:0:\n")
    return Place("c-1", root=str(tmp_path), base=str(tmp_path / "base"))


def resolve(place: Place, **spec: Any) -> tuple[dict[str, str], str]:
    """Return what is set live, and what the file holds after."""
    acts = sysctl.resolve(spec, Sight(place))
    text = b"".join(place.read(act["after"]["sha256"]) for act in acts if act["kind"] == "line")
    return {act["target"]: act["after"]["value"] for act in acts if act["kind"] == "sysctl"}, text.decode()


def test_what_is_stricter_stays_so_live_and_after_a_start(place: Place) -> None:
    live, text = resolve(place, name="kernel.yama.ptrace_scope", value=1, one_of=[1, 2, 3], file=FILE)
    assert (live, text) == ({}, "kernel.yama.ptrace_scope = 3\n")


def test_a_number_within_its_bounds_stays(place: Place) -> None:
    bounds = {"name": "kernel.yama.ptrace_scope", "file": FILE}
    assert resolve(place, **bounds, value=2, at_least=2) == ({}, "kernel.yama.ptrace_scope = 3\n")
    live, text = resolve(place, **bounds, value=2, at_least=1, at_most=2)
    assert (live, text) == ({"kernel/yama/ptrace_scope": "2"}, "kernel.yama.ptrace_scope = 2\n")


def test_a_good_value_of_the_file_stays_where_another_fix_has_set_a_stricter_one_live(place: Place) -> None:
    Path(place.at(FILE)).write_text("kernel.yama.ptrace_scope = 1\n")
    assert resolve(place, name="kernel.yama.ptrace_scope", value=1, one_of=[1, 3], file=FILE) == ({}, "")


def test_all_interfaces_but_those_that_are_excepted_are_set(place: Place) -> None:
    live, _ = resolve(place, name="net.ipv4.conf.*.rp_filter", value=2, **{"except": ["all", "lo"]})
    assert live == {"net/ipv4/conf/eth0/rp_filter": "2", "net/ipv4/conf/eth0.7/rp_filter": "2"}


def test_an_interface_with_a_dot_is_written_with_slashes(place: Place) -> None:
    _, text = resolve(place, name="net/ipv4/conf/eth0.7/rp_filter", value=2, file=FILE)
    assert text == "net/ipv4/conf/eth0.7/rp_filter = 2\n"


def test_a_setting_that_another_makes_pointless_is_left_alone(place: Place) -> None:
    unless = {"name": "net.ipv4.conf.all.rp_filter", "one_of": [0]}
    assert resolve(place, name="net.ipv4.conf.eth0.rp_filter", value=2, unless=unless) == ({}, "")


def test_live_values_are_set_before_their_file_so_that_a_restart_between_the_two_leaves_none_of_them(
    place: Place,
) -> None:
    names = ("net.ipv4.conf.all.rp_filter", "net.ipv4.conf.lo.rp_filter")
    fix = {
        "check": "KRN-01",
        "keys": [{"path": "/etc/sysctl.d/old.conf", "key": names[0], "absent": True, "create": True}],
        "sysctl": [{"name": name, "value": 1, "file": FILE} for name in names],
    }
    acts = resolve_fix(fix, Sight(place))
    assert [act["kind"] for act in acts] == ["sysctl", "sysctl", "line", "line"]


# What KRN-02 does, on a network of its own: to forward or not sets whether redirects are taken, of all interfaces.
_BOTH = """
import sys
from rempart_fix.acts import sysctl
from rempart_fix.place import Place
place = Place("c-1")
names = ("net/ipv4/ip_forward", "net/ipv4/conf/all/accept_redirects", "net/ipv4/conf/default/accept_redirects")
read = lambda: [sysctl.read(place, name) for name in names]
def begin():
    for name, value in zip(names, ("1", "1", "0")):
        sysctl._write(name, value)
def do(name):
    act = {"kind": "sysctl", "target": name, "before": {"value": sysctl.read(place, name)}, "after": {"value": "0"}}
    return sysctl.do(act, place)
begin()
acts = [do(name) for name in names]
assert read() == ["0", "0", "0"], read()
for act in reversed(acts):
    assert sysctl.undo(act, place, force=False, dry=False).word == "back"
assert read() == ["1", "1", "0"], read()
begin()
acts = [do(names[0])]
sysctl._write(names[1], "0")  # by another, since
sysctl.undo(acts[0], place, force=False, dry=False)
assert read() == ["1", "0", "0"], read()
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="needs root, for a network of its own")
def test_what_the_kernel_changes_along_comes_back_whatever_else_was_set() -> None:
    assert fixing.__file__ is not None
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", _BOTH],
        env={"PYTHONPATH": str(Path(fixing.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_forwarding_that_others_had_opened_for_one_interface_stays_open(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    along = {f"net/ipv4/conf/{name}/forwarding": "0" for name in ("all", "lo", "eth0")}
    live = {"net/ipv4/ip_forward": "0", **along, "net/ipv4/conf/eth0/forwarding": "1"}

    def write(target: str, value: str) -> None:
        live.update(dict.fromkeys(along, value) if target.endswith("ip_forward") else {}, **{target: value})

    monkeypatch.setattr(sysctl, "read", lambda _, target: live.get(target))
    monkeypatch.setattr(sysctl, "_write", write)
    monkeypatch.setattr(sysctl, "_read_along", lambda *_: {name: live[name] for name in along})
    before = dict(live)
    (act,) = sysctl.resolve({"name": "net.ipv4.ip_forward", "value": 1}, Sight(place))
    done = sysctl.do(act, place)
    assert set(live.values()) == {"1"}
    assert sysctl.undo(done, place, force=False, dry=False).word == "back"
    assert live == before
