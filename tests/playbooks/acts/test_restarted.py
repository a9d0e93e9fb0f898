"""The undo of units after a restart of the system, and what a dry run takes for done: by what systemd and dpkg say.

The values are those of ``systemctl show`` (src/systemctl/systemctl-show.c) and ``dpkg --audit``; test_acts_units.py of
the lab and the twins ask the real ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_fix import apt_words, dpkg, systemd
from rempart_fix.acts import sysctl, unit
from rempart_fix.contract import Act, Refusal
from rempart_fix.place import Place

BEFORE, NOW = "boot-1", "boot-2"
LINK = f"{systemd.LINKS}/multi-user.target.wants"
TARGETS = {
    "multi-user.target": {"ActiveState": "active", "ActiveEnterTimestampMonotonic": "100"},
    "other.target": {"ActiveState": "active", "ActiveEnterTimestampMonotonic": "90"},
}


class Host(Place):
    """A host that has started since, of whose systemd is told what it shows; what it is asked is noted."""

    def __init__(self, folder: Path) -> None:
        super().__init__("c-1", str(folder), str(folder / "base"))
        self.units: dict[str, dict[str, str]] = dict(TARGETS)
        self.asked: list[tuple[str, str]] = []
        self.audit = ""

    def run(self, words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        del timeout, stdin
        return 0, self.audit if words == ["dpkg", "--audit"] else ""

    def show(
        self, name: str, *, on: bool = True, began: int = 50, run: str = "r", wanted: str = "multi-user.target"
    ) -> None:
        """Have systemd show a unit."""
        state = {"ActiveState": "active" if on else "inactive", "InactiveExitTimestampMonotonic": str(began)}
        self.units[name] = {**state, "InvocationID": run, "WantedBy": wanted, "LoadState": "loaded"}

    def link(self, name: str) -> Act:
        """Enable a unit as a fix does before the restart, and return the act."""
        path = Path(self.at(f"{LINK}/{name}"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(f"/usr/lib/systemd/system/{name}")
        made = {f"{LINK}/{name}": f"/usr/lib/systemd/system/{name}"}
        return {
            "kind": "unit", "target": name, "what": "enabled", "boot": BEFORE,
            "before": {"is": False, "links": {}}, "after": {"is": True, "links": made},
        }  # fmt: skip


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host(tmp_path)

    def ask(_: Place, verb: str, *words: str) -> str:
        made.asked.append((verb, words[-1]))
        return ""

    monkeypatch.setattr(systemd, "show", lambda _, name: made.units.get(name, {}))
    monkeypatch.setattr(systemd, "boot", lambda _: NOW)
    monkeypatch.setattr(unit, "_ask", ask)
    monkeypatch.setattr(unit, "_reload", lambda _: None)
    return made


def mask(name: str) -> Act:
    return {
        "kind": "unit",
        "target": name,
        "what": "masked",
        "boot": BEFORE,
        "before": {"is": False},
        "after": {"is": True},
    }


def undo(act: Act, host: Host) -> str:
    return unit.undo(act, host, force=False, dry=False).word


def test_what_started_by_our_link_alone_is_stopped(host: Host) -> None:
    act = host.link("probe.service")
    host.show("probe.service")
    assert undo(act, host) == "back"
    assert ("stop", "probe.service") in host.asked


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param({"wanted": "multi-user.target other.target"}, id="another target wants it"),
        pytest.param({"began": 200}, id="somebody began it after the start"),
        pytest.param({"on": False}, id="it does not run"),
    ],
)
def test_what_runs_not_by_our_link_alone_runs_on(host: Host, shown: dict[str, str]) -> None:
    act = host.link("probe.service")
    host.show("probe.service", **shown)  # type: ignore[arg-type]
    assert undo(act, host) == "back"
    assert ("stop", "probe.service") not in host.asked


def test_without_a_restart_a_link_stops_nothing(host: Host) -> None:
    act = {**host.link("probe.service"), "boot": NOW}
    host.show("probe.service")
    assert undo(act, host) == "back"
    assert host.asked == []


def test_what_would_flush_the_rules_of_everybody_is_not_stopped_for_a_link(host: Host) -> None:
    act = host.link("ufw.service")
    host.show("ufw.service")
    assert undo(act, host) == "stays"
    assert host.asked == []


def test_what_our_mask_kept_from_starting_is_started(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "_mask", lambda *_, **__: None)
    monkeypatch.setattr(unit, "look", lambda *_: "after")
    host.show("probe.service", on=False, run="")
    assert undo(mask("probe.service"), host) == "back"
    assert host.asked == [("start", "probe.service")]


@pytest.mark.parametrize(
    ("name", "run", "boot"),
    [
        pytest.param("probe.service", "r", BEFORE, id="somebody began and ended it"),
        pytest.param("ufw.service", "", BEFORE, id="its start would load rules"),
        pytest.param("probe.service", "", NOW, id="no restart since"),
    ],
)
def test_what_our_mask_did_not_keep_is_not_started(
    host: Host, monkeypatch: pytest.MonkeyPatch, name: str, run: str, boot: str
) -> None:
    monkeypatch.setattr(unit, "_mask", lambda *_, **__: None)
    monkeypatch.setattr(unit, "look", lambda *_: "after")
    host.show(name, on=False, run=run)
    assert undo({**mask(name), "boot": boot}, host) == "back"
    assert host.asked == []


@pytest.mark.parametrize(("began", "word"), [(50, "back"), (200, "moved")])
def test_a_run_that_others_began_after_the_restart_runs_on(host: Host, began: int, word: str) -> None:
    act: Act = {
        "kind": "unit", "target": "probe.service", "what": "active", "boots": True,
        "before": {"is": False}, "after": {"is": True, "boot": BEFORE, "invocation": "old"},
    }  # fmt: skip
    host.show("probe.service", began=began)
    assert undo(act, host) == word
    assert (("stop", "probe.service") in host.asked) == (word == "back")


def test_a_dry_run_goes_on_from_what_it_has_set_back_so_far(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysctl, "read", lambda *_: "2")
    first, second = (
        {"kind": "sysctl", "target": "a.b", "before": {"value": old}, "after": {"value": new}}
        for old, new in ("01", "12")
    )
    assert [sysctl.undo(act, host, force=False, dry=True).word for act in (second, first)] == ["back", "back"]


def test_a_dry_run_does_not_mind_what_it_would_have_removed(host: Host) -> None:
    host.audit = "The following packages are only half configured:\n probe    a program\n"
    updates = Path(host.at("/var/lib/dpkg/updates"))
    updates.mkdir(parents=True)
    (updates / "0000").write_text("")
    with pytest.raises(Refusal, match="probe"):
        dpkg.find_obstacle(host)
    host.pretended["package probe"] = {"status": "gone"}
    dpkg.find_obstacle(host)
    host.audit += " other    another program\n"
    with pytest.raises(Refusal, match="other"):
        dpkg.find_obstacle(host)


def test_what_is_taken_for_gone_is_no_removal_of_others() -> None:
    said = "Remv probe [1.0]\nRemv other [2.0]\nInst new (1.0 Debian:13 [all])\n"
    assert "probe" not in str(apt_words.read_simulation(said, ["probe"]))
    assert "probe" in str(apt_words.read_simulation(said))
    assert "other" in str(apt_words.read_simulation(said, ["probe"]))
