"""The switches of wireless networks: off by what is declared, never where somebody comes in by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rempart_fix.acts import radio
from rempart_fix.contract import Refusal
from rempart_fix.guard import is_sensitive
from rempart_fix.place import Place
from rempart_fix.sight import Sight

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0502000A:0016 0202000A:D431 01 00000000:00000000 02:00000000 00000000     0        0 2 4
   2: 0100007F:0016 0100007F:D431 01 00000000:00000000 02:00000000 00000000     0        0 2 4
"""
TCP6 = """\
  sl  local_address                         remote_address                        st
   0: 0000000000000000FFFF00000502000A:0016 0000000000000000FFFF00000302000A:C001 01 0 0
   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000009000000:C001 01 0 0
   2: 00000000000000000000000001000000:0016 00000000000000000000000001000000:C001 01 0 0
   3:
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "root"
    for number, (kind, name) in enumerate((("wlan", "phy0"), ("bluetooth", "hci0"), ("wlan", "phy1"))):
        folder = root / f"sys/class/rfkill/rfkill{number}"
        folder.mkdir(parents=True)
        for file, text in (("type", kind), ("name", name), ("soft", "1" if name == "phy1" else "0")):
            (folder / file).write_text(f"{text}\n")
    for name, flags in (("wlan0", "0x1003"), ("wlan1", "0x1002"), ("wlan9", "0x1003"), ("eth0", "0x1003")):
        (root / f"sys/class/net/{name}").mkdir(parents=True)
        (root / f"sys/class/net/{name}/flags").write_text(f"{flags}\n")
    for name, device in (("wlan0", "phy0"), ("wlan1", "phy0"), ("wlan9", "phy1")):  # wlan1 is down
        (root / f"sys/{device}").mkdir(exist_ok=True)
        (root / f"sys/class/net/{name}/phy80211").symlink_to(root / f"sys/{device}")
    (root / "proc/net").mkdir(parents=True)
    (root / "proc/net/tcp").write_text(TCP)
    return Place("c-1", root=str(root), base=str(tmp_path / "base"))


def answer(place: Place, monkeypatch: pytest.MonkeyPatch, routes: dict[str, str]) -> list[list[str]]:
    """Let ``ip`` answer by the last of its words; returns what it is asked."""
    asked: list[list[str]] = []

    def run(words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        asked.append(words)
        return 0, routes.get(words[-1] if words[1] != "-6" else "-6", "")

    monkeypatch.setattr(place, "run", run)
    return asked


def soft(place: Place, number: int) -> str:
    return Path(place.at(f"/sys/class/rfkill/rfkill{number}/soft")).read_text().strip()


def resolve(place: Place, **spec: Any) -> list[dict[str, Any]]:
    return radio.resolve(spec, Sight(place))


WIRED = {"10.0.2.2": "10.0.2.2 dev eth0 src 10.0.2.5", "default": "default via 10.0.2.1 dev eth0"}


def test_a_wireless_device_is_switched_off_and_on_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer(place, monkeypatch, WIRED)
    monkeypatch.setattr(radio, "_PATIENCE", 0.0)
    (act,) = resolve(place, wireless=False)
    assert (act["target"], act["before"]["up"]) == ("phy0", ["wlan0"])
    assert is_sensitive(act)
    radio.do(act, place)
    assert [soft(place, number) for number in (0, 1, 2)] == ["1", "0", "1"]
    assert radio.look(act, place) == "after"
    assert resolve(place, wireless=False) == []
    assert radio.undo(act, place, force=False, dry=True).word == "back"
    assert soft(place, 0) == "1"
    assert radio.undo(act, place, force=False, dry=False).word == "back"
    assert [soft(place, number) for number in (0, 1, 2)] == ["0", "0", "1"]
    assert asked[-1] == ["ip", "link", "set", "dev", "wlan0", "up"]


def test_what_another_has_switched_on_since_is_left(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer(place, monkeypatch, WIRED)
    monkeypatch.setattr(radio, "_PATIENCE", 0.0)
    (act,) = resolve(place, wireless=False)
    radio.do(act, place)
    Path(place.at("/sys/class/rfkill/rfkill0/soft")).write_text("0\n")
    asked.clear()
    assert (radio.look(act, place), radio.settle(act, place)) == ("before", "void")
    assert radio.undo(act, place, force=False, dry=False).word == "back"
    assert asked == []


def test_an_interface_that_does_not_come_up_again_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(place, monkeypatch, WIRED)
    monkeypatch.setattr(radio, "_PATIENCE", 0.0)
    (act,) = resolve(place, wireless=False)
    radio.do(act, place)
    monkeypatch.setattr(place, "run", lambda *_: (2, "RTNETLINK answers: Operation not possible due to RF-kill"))
    out = radio.undo(act, place, force=False, dry=False)
    assert (out.word, out.by_hand) == ("stays", "ip link set dev wlan0 up")


@pytest.mark.parametrize("trouble", ["gone", "stuck"])
def test_a_switch_that_does_not_take_it_is_no_success(
    place: Place, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    answer(place, monkeypatch, WIRED)
    (act,) = resolve(place, wireless=False)
    switch = Path(place.at("/sys/class/rfkill/rfkill0"))
    if trouble == "gone":
        (switch / "type").write_text("bluetooth\n")
    else:
        (switch / "soft").unlink()
        (switch / "soft").symlink_to("/dev/null")
    with pytest.raises(Refusal, match="phy0"):
        radio.do(act, place)


def test_of_two_ways_out_one_may_go(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    both = "default via 10.0.2.1 dev eth0\ndefault via 10.0.3.1 dev wlan0 metric 600"
    answer(place, monkeypatch, {**WIRED, "default": both})
    assert [act["target"] for act in resolve(place, wireless=False)] == ["phy0"]


@pytest.mark.parametrize(
    "routes",
    [
        {**WIRED, "10.0.2.2": "10.0.2.2 dev wlan0 src 10.0.2.5"},  # somebody is connected over it
        {**WIRED, "default": "default via 10.0.2.1 dev wlan0"},  # it is the only way out
        {**WIRED, "-6": "default via fe80::1 dev wlan0"},
    ],
)
def test_what_the_machine_is_reached_by_stays_on(
    place: Place, monkeypatch: pytest.MonkeyPatch, routes: dict[str, str]
) -> None:
    answer(place, monkeypatch, routes)
    with pytest.raises(Refusal, match="wlan0"):
        resolve(place, wireless=False)


def test_who_calls_its_address_keeps_it_on_though_answers_leave_by_another(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "3: wlan0    inet 10.0.2.5/24 brd 10.0.2.255 scope global wlan0\\       valid_lft forever"
    answer(place, monkeypatch, {**WIRED, "10.0.2.5": own})
    with pytest.raises(Refusal, match="wlan0"):
        resolve(place, wireless=False)


def test_what_a_bond_or_a_vlan_is_made_of_stays_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, lower in (("vlan9", "bond0"), ("bond0", "wlan0")):
        Path(place.at(f"/sys/class/net/{name}")).mkdir()
        Path(place.at(f"/sys/class/net/{name}/lower_{lower}")).symlink_to(f"../{lower}")
    answer(place, monkeypatch, {**WIRED, "10.0.2.2": "10.0.2.2 dev vlan9 src 10.0.2.5"})
    with pytest.raises(Refusal, match="wlan0"):
        resolve(place, wireless=False)


def test_without_ip_nothing_is_switched_off(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "run", lambda *_: (127, "no such file"))
    with pytest.raises(Refusal, match="ip is missing"):
        resolve(place, wireless=False)


def test_those_at_the_other_end_are_read_in_both_families(place: Place) -> None:
    Path(place.at("/proc/net/tcp6")).write_text(TCP6)
    assert radio._find_ends(place) == {
        ("10.0.2.5", "10.0.2.2"),
        ("10.0.2.5", "10.0.2.3"),
        ("2001:db8::1", "2001:db8::9"),
    }


def test_a_laptops_own_switch_is_off_last_and_on_first(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It blocks the device too (ideapad_wlan): as long as it is off, no interface comes up."""
    folder = Path(place.at("/sys/class/rfkill/rfkill3"))
    folder.mkdir()
    for file, text in (("type", "wlan"), ("name", "ideapad_wlan"), ("soft", "0")):
        (folder / file).write_text(f"{text}\n")
    answer(place, monkeypatch, WIRED)
    monkeypatch.setattr(radio, "_PATIENCE", 0.0)
    acts = resolve(place, wireless=False)
    assert [act["target"] for act in acts] == ["phy0", "ideapad_wlan"]
    for act in acts:
        radio.do(act, place)

    def run(words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        return (2, "RF-kill") if soft(place, 3) == "1" else (0, "")

    monkeypatch.setattr(place, "run", run)
    assert [radio.undo(act, place, force=False, dry=False).word for act in reversed(acts)] == ["back", "back"]


def test_an_interface_that_is_blocked_for_a_moment_still_comes_up(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(place, monkeypatch, WIRED)
    (act,) = resolve(place, wireless=False)
    with monkeypatch.context() as patch:
        patch.setattr(radio, "_PATIENCE", 0.0)
        radio.do(act, place)
    answers = iter([(2, "RTNETLINK answers: Operation not possible due to RF-kill"), (0, "")])
    monkeypatch.setattr(radio, "_PATIENCE", 60.0)
    monkeypatch.setattr(place, "run", lambda *_: next(answers))
    assert radio.undo(act, place, force=False, dry=False).word == "back"


def test_where_it_may_be_on_and_where_there_is_none_nothing_is_declared(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(place, monkeypatch, WIRED)
    assert resolve(place, wireless=True) == []
    Path(place.at("/sys/class/rfkill/rfkill0/type")).write_text("wwan\n")
    assert resolve(place, wireless=False) == []
