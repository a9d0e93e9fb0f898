"""Specs that choose by what is there: units, packages, drivers of the kernel, settings of clamd."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.acts_tree import Tree, make_tree

from playbooks.fix.root import Root
from rempart_fix import awaiting, guard, sharing, systemd
from rempart_fix.acts import kmod, package, unit
from rempart_fix.contract import Refusal
from rempart_fix.place import Place
from rempart_fix.resolve.clamd import apply_sight
from rempart_fix.sight import Sight
from rempart_fix.validation import validate

_KNOWN = ["chrony.service", "ntpsec.service", "systemd-timesyncd.service"]
_UNIT = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("chosen")) as made:
        yield made


def test_what_is_there_is_taken_and_nothing_comes_in_its_place(tree: Tree) -> None:
    tree.path("/usr/lib/systemd/system/ntpsec.service").write_text(_UNIT)
    sight = Sight(tree.place)
    assert package.resolve({"name": "chrony", "unless_unit": _KNOWN}, sight) == []
    (act,) = unit.resolve({"any_of": _KNOWN, "enabled": True}, sight)
    assert (act["target"], act["what"]) == ("ntpsec.service", "enabled")
    assert sharing.covers(act, {"units": [{"any_of": _KNOWN, "enabled": True}]})
    unit.do(act, tree.place)
    assert unit.resolve({"any_of": _KNOWN, "enabled": True}, Sight(tree.place)) == []


def test_what_is_masked_is_there(tree: Tree) -> None:
    tree.path(f"{systemd.LINKS}/ntpsec.service").symlink_to("/dev/null")
    (act, *_) = unit.resolve({"any_of": _KNOWN, "masked": False}, Sight(tree.place))
    assert (act["target"], act["what"]) == ("ntpsec.service", "masked")


@pytest.mark.parametrize("masked", [True, False])
def test_a_mask_comes_last_and_goes_first(tree: Tree, monkeypatch: pytest.MonkeyPatch, masked: bool) -> None:
    """What is masked does not start: neither in a fix, nor when an undo goes through its acts backwards."""
    tree.path("/usr/lib/systemd/system/squid.service").write_text(_UNIT)
    link = tree.path(f"{systemd.LINKS}/squid.service")
    if not masked:
        link.symlink_to("/dev/null")
    shown = {"LoadState": "loaded", "ActiveState": "active" if masked else "inactive"}
    monkeypatch.setattr(systemd, "show", lambda *_: shown)
    monkeypatch.setattr(systemd, "is_running", lambda *_: True)
    monkeypatch.setattr(systemd, "find_following", lambda *_: [])
    acts = unit.resolve({"name": "squid.service", "masked": masked, "active": not masked}, Sight(tree.place))
    assert [act["what"] for act in acts] == (["active", "masked"] if masked else ["masked", "active"])


def test_where_nothing_is_there_the_first_one_comes(tree: Tree) -> None:
    sight = Sight(tree.place)
    (act,) = package.resolve({"name": "chrony", "unless_unit": _KNOWN}, sight)
    assert act["names"] == ["chrony"]
    assert unit.resolve({"any_of": _KNOWN, "enabled": True}, sight)[0]["target"] == "chrony.service"


def test_a_file_waits_for_the_program_that_its_own_packages_bring(tree: Tree) -> None:
    with pytest.raises(Refusal, match="rsyslog does not take"):
        validate("rsyslog", "/etc/rsyslog.d/x.conf", b"", Sight(tree.place))
    sight = Sight(tree.place)
    package.resolve({"name": "rsyslog"}, sight)
    validate("rsyslog", "/etc/rsyslog.d/x.conf", b"", sight)


class _Machine(Place):
    """A place with drivers in its kernel."""

    def load(self, *lines: str) -> None:
        path = Path(self.at("/proc/modules"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line} Live 0x0\n" for line in lines))

    def run(self, words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        del timeout, stdin
        path, name = Path(self.at("/proc/modules")), words[-1]
        lines = path.read_text().splitlines(keepends=True)
        users = {line.split()[0]: line.split()[2:4] for line in lines}
        if words[:2] == ["modprobe", "-r"]:
            if users[name][0] != "0":
                return 1, f"modprobe: FATAL: Module {name} is in use."
            rest = [line for line in lines if not line.startswith(name + " ")]
            path.write_text("".join(rest).replace(f"1 {name},", "0 -"))
            return 0, ""
        assert words == ["modprobe", "--ignore-install", "--", name]
        path.write_text("".join([*lines, f"{name} 1 0 - Live 0x0\n"]))
        Path(self.at(f"/sys/module/{name}")).mkdir(parents=True)
        return 0, ""


@pytest.fixture
def machine(tmp_path: Path) -> _Machine:
    return _Machine("c-1", str(tmp_path / "root"), str(tmp_path / "base"))


def _spec(machine: _Machine) -> list[dict[str, object]]:
    sight = Sight(machine)
    return [act for name in ("uas", "usb-storage") for act in kmod.resolve({"name": name, "loaded": False}, sight)]


def test_drivers_go_with_those_that_use_them_first_and_come_back(machine: _Machine) -> None:
    machine.load("uas 1 0 -", "usb_storage 1 1 uas,", "scsi_mod 1 2 uas,usb_storage,")
    acts = _spec(machine)
    assert [act["target"] for act in acts] == ["uas", "usb_storage"]
    assert all(guard.is_sensitive(act) for act in acts)
    acts = [kmod.do(act, machine) for act in acts]
    assert [kmod.look(act, machine) for act in acts] == ["after", "after"]
    assert _spec(machine) == []
    for act in reversed(acts):
        assert kmod.undo(act, machine, force=False, dry=True).word == "back"
        assert kmod.undo(act, machine, force=False, dry=False).word == "back"
    assert [kmod.look(act, machine) for act in acts] == ["before", "before"]


def test_a_driver_that_is_in_use_stays_and_does_not_keep_the_rest_from_being_done(machine: _Machine) -> None:
    machine.load("uas 1 0 -", "usb_storage 1 2 uas,")
    acts = _spec(machine)
    assert [act["target"] for act in acts] == ["uas"]
    machine.load("uas 1 1 -", "usb_storage 1 1 uas,")
    (act,) = [kmod.do(act, machine) for act in acts]
    assert kmod.look(act, machine) == "after"  # as it came out: it is loaded
    assert kmod.undo(act, machine, force=False, dry=False).word == "back"
    assert "uas" in Path(machine.at("/proc/modules")).read_text()


@pytest.mark.parametrize("spec", [{"name": "../x", "loaded": False}, {"name": "uas", "loaded": True}])
def test_a_driver_is_only_ever_taken_out(machine: _Machine, spec: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        kmod.resolve(spec, Sight(machine))


GUARDED = {"guarded": ["/home", "/srv"], "allowed": ["^/srv/backup", "MaxFileSize 20K"]}


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("ExcludePath ^/home/anna", False),
        ("OnAccessExcludePath /SRV/x", False),
        ("excludepath ^/h.*", False),  # takes out a file in one
        ("ExcludePath /", False),
        ("ExcludePath ^/opt", True),
        ("ExcludePath ^/srv/backup", True),
        ("ExcludePath (", True),  # no expression: ClamAV does not start with it
        ("# ExcludePath /home", True),
        ("OnAccessExcludeUname anna", False),
        ("OnAccessExcludeUname clamav", True),
        ("OnAccessExcludeUID 0", False),
        ("ScanOLE2 no", False),
        ("ScanOLE2 yes", True),
        ("MaxFileSize 10K", False),
        ("MaxFileSize 20K", True),
        ("MaxScanSize 100M", True),
    ],
)
def test_what_takes_something_out_of_the_scan_goes(line: str, stays: bool) -> None:
    assert apply_sight(["User clamav\n", line + "\n"], GUARDED) == ["User clamav\n", *([line + "\n"] if stays else [])]


def test_settings_of_clamd_come_back_with_their_mode_and_other_files_are_left(tmp_path: Path) -> None:
    root = Root(tmp_path)
    text = "User clamav\nExcludePath ^/home\nScanMail no\n"
    root.write("/etc/clamd.d/scan.conf", text, 0o666)
    root.write("/etc/clamd.d/notes.conf", "none of it\n", 0o666)
    before = root.stand()
    (report,) = root.fix({"check": "AVM-05", "clamd": GUARDED})
    assert not report["failed"], report["why"]
    assert len(report["acts"]) == 1
    assert root.read("/etc/clamd.d/scan.conf") == "User clamav\n"
    assert root.path("/etc/clamd.d/scan.conf").stat().st_mode & 0o777 == 0o644
    assert root.path("/etc/clamd.d/notes.conf").stat().st_mode & 0o777 == 0o666
    assert root.fix({"check": "AVM-05", "clamd": GUARDED})[0]["acts"] == []
    root.undo()
    assert root.stand() == before


AWAITS = {"unit": "fetch.service", "folder": "/lib", "seconds": 900, "gives_up": "Update failed[.]$"}
# As freshclam 1.4 says it without a resolver, by its service (Foreground, Debian 13).
SAID = """ERROR: Sat Nov 28 11:05:11 2026 -> remote_cvdhead: Download failed (6) ERROR: Sat Nov 28 11:05:11 2026 ->  Message: Could not resolve hostname
ERROR: Sat Nov 28 11:05:11 2026 -> check_for_new_database_version: Failed to find daily database using server https://database.clamav.net.
"""  # noqa: E501
GIVEN_UP = SAID + "ERROR: Sat Nov 28 11:11:24 2026 -> Update failed.\n"


class _Slow(Place):
    """A place where a service runs at some try, and where another fetches for it and tells."""

    tries, wanted, said, grows = 0, 3, "", False

    def run(self, words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        del timeout, stdin
        self.tries += words[:2] == ["systemctl", "start"]
        if words[0] == "journalctl":
            return 0, self.said
        if self.grows:
            with open(f"{self.root}/lib/part", "a") as file:
                file.write("more")
        state = "active" if words[-1] == "fetch.service" or self.tries >= self.wanted else "inactive"
        return 0, f"ActiveState={state}\nInvocationID=ab\n"


@pytest.mark.parametrize(
    ("given", "tries", "why"),
    [
        ({"wanted": 3}, (3, 3), ""),
        ({"wanted": 100, "grows": True}, (100, 100), ""),
        ({"wanted": 10**9, "said": SAID}, (5, 16), "fetched nothing for 60 s: remote_cvdhead: Download failed (6)"),
        (
            {"wanted": 10**9, "said": GIVEN_UP},
            (1, 2),
            "gave up: remote_cvdhead: Download failed (6) Message: Could not",
        ),
        ({"wanted": 10**9, "grows": True}, (100, 200), "not done after 900 s"),
    ],
)
def test_what_a_unit_needs_is_waited_for_while_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], tries: tuple[int, int], why: str
) -> None:
    now = [0.0]
    monkeypatch.setattr(awaiting.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(awaiting.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr(systemd, "is_running", lambda _: True)
    (tmp_path / "lib").mkdir()
    place = _Slow("c-1", str(tmp_path), str(tmp_path / "base"))
    for name, value in given.items():
        setattr(place, name, value)
    act = {"kind": "unit", "target": "clamav-daemon.service", "what": "active", "awaits": AWAITS}
    act |= {"before": {"is": False}, "after": {"is": True}}
    if why:
        with pytest.raises(
            Refusal, match=re.escape(f"clamav-daemon.service does not start: fetch.service {why}")
        ) as error:
            unit.do(act, place)
        assert "ne démarre pas\u00a0: fetch.service\u00a0: " in error.value.text[1]
    else:
        assert unit.do(act, place)["after"]["once"] is False
    assert tries[0] <= place.tries <= tries[1]


def test_a_run_that_has_to_end_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemd, "is_running", lambda _: True)
    place = _Slow("c-1", str(tmp_path), str(tmp_path / "base"))
    place.wanted, place.stopped = 10**9, ("it has to end", "elle doit finir")
    act = {"kind": "unit", "target": "clamav-daemon.service", "what": "active", "awaits": AWAITS}
    with pytest.raises(Refusal, match="it has to end"):
        unit.do({**act, "before": {"is": False}, "after": {"is": True}}, place)
