"""Some checks of a change are undone, on files of this machine: what the others need is not taken from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rempart_change import action, place, restoring, sharing, timer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (place, action, sharing):
        monkeypatch.setattr(module, "BASE", str(tmp_path / "base"))
    monkeypatch.setattr(timer, "UNITS", str(tmp_path / "units"))
    (tmp_path / "etc").mkdir()
    return tmp_path


def begin(change: str = "c-1", **saves: dict[str, Any]) -> dict[str, Any]:
    wishes = {
        check: {"mend": {"role": "remote_access", "values": {check: {"n": 1}}}, **one} for check, one in saves.items()
    }
    return action.begin(change, "ann@desk", 600, wishes, {"__main__.py": b""})


def mend(file: Path, line: str) -> None:
    """Do what a fix does that is run again: it sees to its own line alone."""
    text = file.read_text() if file.exists() else ""
    if line not in text:
        file.write_text(line + text)


def test_a_kept_check_whose_file_is_restored_is_to_be_mended_again(here: Path) -> None:
    main, one, two, other = (here / "etc" / name for name in ("main", "one", "two", "other"))
    main.write_bytes(b"Port 22\r\n")
    begin(A={"files": [str(main), str(one)]}, B={"files": [str(main), str(two)]}, C={"files": [str(other)]})
    for line, file in (("Include\n", main), ("a\n", one), ("b\n", two), ("c\n", other)):
        mend(file, line)
    action.end("c-1")
    done = action.revert("c-1", ["A"])
    assert done["again"] == [{"id": "B", "role": "remote_access"}]
    assert done["shared"] == {"B": [str(main)]}
    assert done["values"] == {"B": {"n": 1}}
    assert (main.read_bytes(), one.exists(), two.read_text(), other.read_text()) == (
        b"Port 22\r\n",
        False,
        "b\n",
        "c\n",
    )
    assert action.status()["changes"]["c-1"]["state"] == "open"
    mend(main, "Include\n")
    assert action.end("c-1")["state"] == "kept"
    assert action.status()["changes"]["c-1"]["undone"] == ["A"]
    assert action.status()["lock"] is None


def test_what_a_fix_left_alone_is_taken_from_nobody(here: Path) -> None:
    main, one = here / "etc/main", here / "etc/one"
    main.write_text("Include\n")
    begin(A={"files": [str(main), str(one)]}, B={"files": [str(main)]})
    one.write_text("a")
    action.end("c-1")
    done = action.revert("c-1", ["A"])
    assert done["again"] == []
    assert not one.exists()
    assert action.status()["changes"]["c-1"]["state"] == "kept"


def test_a_mode_that_one_fix_saved_with_the_contents_counts_for_the_fix_of_modes(here: Path) -> None:
    shadow = here / "etc/shadow"
    shadow.write_text("x")
    shadow.chmod(0o644)
    begin(A={"files": [str(shadow)]}, B={"attributes": [str(shadow)]})
    shadow.chmod(0o600)
    assert [one["id"] for one in action.revert("c-1", ["A"], force=True)["again"]] == ["B"]


@pytest.mark.parametrize("undone", ["A", "B"])
def test_a_file_of_one_fix_in_the_tree_of_another_counts(here: Path, undone: str) -> None:
    tree = here / "etc/rules.d"
    tree.mkdir()
    begin(A={"trees": [str(tree)]}, B={"files": [str(tree / "b.rules")]})
    (tree / "b.rules").write_text("b")
    done = action.revert("c-1", [undone], force=True)
    assert done["again"] == [{"id": "B" if undone == "A" else "A", "role": "remote_access"}]
    assert not (tree / "b.rules").exists()


def test_what_could_not_be_mended_again_is_not_forgotten(here: Path) -> None:
    """B fails when it is run again, and is undone too: C, which waits for its turn, is still named."""
    main = here / "etc/main"
    begin(A={"files": [str(main)]}, B={"files": [str(main)]}, C={"files": [str(main)]})
    main.write_text("abc")
    action.end("c-1")
    assert [one["id"] for one in action.revert("c-1", ["A"])["again"]] == ["B", "C"]
    assert [one["id"] for one in action.revert("c-1", ["B"])["again"]] == ["C"]
    action.end("c-1")
    assert action.revert("c-1", ["C"])["kept"] == []
    assert action.status()["changes"]["c-1"]["state"] == "reverted"


def test_a_change_of_which_a_part_was_undone_is_undone_whole_without_force(here: Path) -> None:
    main, one = here / "etc/main", here / "etc/one"
    main.write_text("old")
    begin(A={"files": [str(main), str(one)]}, B={"files": [str(main)]})
    main.write_text("new")
    one.write_text("a")
    action.end("c-1")
    action.revert("c-1", ["A"])
    main.write_text("new")
    action.end("c-1")
    one.write_text("by hand, since the undo")
    action.revert("c-1", [])
    assert main.read_text() == "old"
    assert one.read_text() == "by hand, since the undo"


def test_what_somebody_changed_by_hand_since_is_still_known_after_a_part_was_undone(here: Path) -> None:
    main, other = here / "etc/main", here / "etc/other"
    begin(A={"files": [str(main)]}, B={"files": [str(main)]}, C={"files": [str(other)]})
    for file in (main, other):
        file.write_text("mended")
    action.end("c-1")
    other.write_text("by hand")
    action.revert("c-1", ["A"])
    main.write_text("mended")
    action.end("c-1")
    with pytest.raises(place.Refusal, match=r"changed since by somebody else: .*other"):
        action.revert("c-1", [])


def test_a_fix_that_is_undone_in_the_middle_leaves_the_timer_to_the_others(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    monkeypatch.setattr(action, "disarm", gone.append)
    begin(A={"files": [str(here / "etc/a")], "risky": True}, B={"files": [str(here / "etc/b")], "risky": True})
    action.revert("c-1", ["A"], force=True)
    assert gone == []
    action.revert("c-1", [], force=True)
    assert gone == ["c-1"]


def test_a_timer_guards_what_is_mended_again_if_it_can_cut_the_way_in(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed: list[tuple[str, int]] = []
    monkeypatch.setattr(action, "start_timer", lambda change, _program, seconds: armed.append((change, seconds)))
    main = here / "etc/main"
    begin("c-1", A={"files": [str(main)]}, B={"files": [str(main)]})
    main.write_text("x")
    action.revert("c-1", ["A"], force=True, seconds=300)
    assert armed == []
    action.end("c-1")
    action.revert("c-1", [], force=True)
    begin("c-2", A={"files": [str(main)]}, B={"files": [str(main)], "risky": True})
    main.write_text("x")
    action.revert("c-2", ["A"], force=True, seconds=300)
    assert armed == [("c-2", 300)]


def test_an_older_change_is_not_undone_under_a_newer_one_that_needs_it(here: Path) -> None:
    main, one, two = here / "etc/main", here / "etc/one", here / "etc/two"
    begin("c-1", A={"files": [str(main), str(one)]})
    mend(main, "Include\n")
    action.end("c-1")
    begin("c-2", B={"files": [str(main), str(two)]}, C={"files": [str(main)]})
    two.write_text("b")
    action.end("c-2")
    with pytest.raises(place.Refusal, match=r"undo first what was made later.*c-2: .*main"):
        action.revert("c-1", [])
    assert main.exists()
    action.revert("c-2", [])
    action.revert("c-1", [])
    assert not main.exists()


def test_a_newer_change_that_found_nothing_to_do_is_in_nobodys_way(here: Path) -> None:
    main = here / "etc/main"
    begin("c-1", A={"files": [str(main)]})
    main.write_text("x")
    action.end("c-1")
    begin("c-2", A={"files": [str(main)]})
    action.end("c-2")
    action.revert("c-1", [])
    assert not main.exists()


def test_a_part_of_what_was_saved_before_fixes_could_run_again_is_refused(here: Path) -> None:
    main = here / "etc/main"
    begin(A={"files": [str(main)]}, B={"files": [str(main)], "mend": None})
    main.write_text("x")
    action.end("c-1")
    with pytest.raises(place.Refusal, match=r"B shares .*main, and can't be applied again: roll it back too"):
        action.revert("c-1", ["A"])
    assert main.read_text() == "x"
    assert action.status()["lock"] is None


@pytest.mark.parametrize(
    ("wishes", "purged"),
    [
        ({"A": ["auditd"], "B": []}, {"auditd", "libaudit:amd64", "dconf-cli"}),
        ({"A": ["auditd dconf-cli"], "B": ["dconf-cli", "dconf"]}, {"auditd"}),
        ({"A": ["dconf-cli"], "B": ["dconf-cli"]}, set()),
    ],
)
def test_packages_that_kept_fixes_name_stay(
    here: Path, monkeypatch: pytest.MonkeyPatch, wishes: dict[str, list[str]], purged: set[str]
) -> None:
    installed = ["sudo"]
    calls: list[list[str]] = []
    monkeypatch.setattr("rempart_change.saving.list_packages", lambda: list(installed))
    monkeypatch.setattr(restoring, "list_packages", lambda: list(installed))

    def run(words: list[str], timeout: float = 0) -> tuple[int, str]:
        calls.append(words)
        return 0, ""

    monkeypatch.setattr(restoring, "run", run)
    begin(**{check: {"packages": names} for check, names in wishes.items()})
    installed += ["auditd", "libaudit:amd64", "dconf-cli"]
    action.revert("c-1", ["A"], force=True)
    assert {name for words in calls for name in words[words.index("--") + 1 :]} == purged


class Rules:
    """Live rules, and what was loaded over them."""

    def __init__(self) -> None:
        self.tables: list[str] = []
        self.loaded: list[str] = []

    def show(self) -> str:
        return "\n".join(f"table {name} {{\n\tchain x {{\n\t}}\n}}" for name in self.tables)

    def run(self, words: list[str], timeout: float = 0) -> tuple[int, str]:
        self.loaded.append(Path(words[-1]).read_text().strip())
        return 0, ""


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    live = Rules()
    for module in ("saving", "sharing", "action"):
        monkeypatch.setattr(f"rempart_change.{module}.list_rules", live.show)
    monkeypatch.setattr(restoring, "run", live.run)
    return live


def test_a_table_that_others_made_since_a_change_was_kept_stays(here: Path, rules: Rules) -> None:
    begin(**{"FWL-01": {"nftables": True}, "FWL-05": {"nftables": True}})
    rules.tables = ["inet rempart_fwl_01", "ip filter"]  # ufw makes the second, say
    action.end("c-1")
    rules.tables += ["ip nat", "inet f2b-table"]
    done = action.revert("c-1", [])
    assert set(rules.loaded) == {"delete table inet rempart_fwl_01", "delete table ip filter"}
    assert done["failed"] == []


def test_a_table_that_others_made_stays_when_a_part_was_undone_between(here: Path, rules: Rules) -> None:
    begin(**{"FWL-01": {"nftables": True}, "FWL-05": {"nftables": True}})
    rules.tables = ["inet rempart_fwl_01", "inet rempart_fwl_05"]
    action.end("c-1")
    rules.tables += ["ip nat"]
    action.revert("c-1", ["FWL-05"])
    rules.tables.remove("inet rempart_fwl_05")
    action.end("c-1")
    action.revert("c-1", [])
    assert set(rules.loaded) == {"delete table inet rempart_fwl_05", "delete table inet rempart_fwl_01"}


def test_before_a_change_is_kept_all_tables_that_came_go(here: Path, rules: Rules) -> None:
    begin(**{"FWL-01": {"nftables": True}})
    rules.tables = ["inet rempart_fwl_01", "ip filter"]
    action.revert("c-1", [], force=True)
    assert set(rules.loaded) == {"delete table inet rempart_fwl_01", "delete table ip filter"}


def test_the_rules_of_a_kept_fix_stay_live(here: Path, rules: Rules) -> None:
    begin(**{check: {"nftables": True} for check in ("FWL-01", "FWL-05")})
    rules.tables = ["inet rempart_fwl_01", "inet rempart_fwl_05"]
    done = action.revert("c-1", ["FWL-05"], force=True)
    assert set(rules.loaded) == {"delete table inet rempart_fwl_05"}
    assert done["again"] == []
