"""Packages come by apt and go by dpkg: what our own run brought, and nothing that others need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.acts_packages import (
    do_packages,
    prepare_packages,
    register_files,
    undo_package,
)
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree, state_of

from rempart_fix import change, dpkg, settings
from rempart_fix.acts import package
from rempart_fix.apt_runs import find_run
from rempart_fix.contract import Refusal, Undone
from rempart_fix.place import Place
from rempart_fix.sight import Sight


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("packages")) as made:
        prepare_packages(made)
        yield made


def test_what_came_is_known_by_the_transaction_and_goes_again(tree: Tree) -> None:
    before = tree.run("dpkg-query -W; apt-mark showauto")
    (act,) = do_packages(tree, "aud")
    assert act["after"] == {"aud": "1.0", "libx": "1.0"}
    assert act["before"] == {"aud": "none", "libx": "none"}
    assert act["auto"] == ["libx"]
    assert package.look(act, tree.place) == "after"
    assert package.resolve({"name": "aud"}, Sight(tree.place)) == []
    assert undo_package(tree, act).word == "back"
    assert tree.run("dpkg-query -W; apt-mark showauto") == before
    assert package.look(act, tree.place) == "before"


def test_settings_that_came_by_a_script_go_and_come_again_with_the_package(tree: Tree) -> None:
    before = tree.run("cat /var/lib/ucf/registry /var/lib/ucf/hashfile")
    (act,) = do_packages(tree, "uset")
    assert tree.read("/etc/uset.conf") == "a = 1\n"
    assert undo_package(tree, act) == Undone("back")
    assert state_of(tree, "uset") == {"uset": ""}
    assert not tree.path("/etc/uset.conf").exists()
    assert tree.run("cat /var/lib/ucf/registry /var/lib/ucf/hashfile") == before
    tree.run("apt-get -y -q install uset")
    assert tree.read("/etc/uset.conf") == "a = 1\n"


@pytest.mark.parametrize(("name", "spec"), [("uset", {}), ("udata", {"data": ["/var/lib/udata"]})])
def test_settings_that_another_has_edited_since_stay(tree: Tree, name: str, spec: dict[str, object]) -> None:
    (act,) = do_packages(tree, name, **spec)
    tree.path(f"/etc/{name}.conf").write_text("a = 2\n")
    said = undo_package(tree, act)
    assert (said.word, said.why[0]) == ("back", f"configuration files stay: {name} (/etc/{name}.conf)")
    assert tree.read(f"/etc/{name}.conf") == "a = 2\n"


def test_settings_whose_package_forgets_them_at_its_purge_are_no_longer_registered(tree: Tree) -> None:
    """As unattended-upgrades does: its postrm calls ucf, and not ucfr."""
    files = register_files("uforgot")
    files["DEBIAN/postrm"] = files["DEBIAN/postrm"].replace("; ucfr --purge uforgot /etc/uforgot.conf", "")
    build_package(tree.path("/srv/own"), "uforgot", files=files)
    index_packages(tree)
    before = tree.run("cat /var/lib/ucf/registry /var/lib/ucf/hashfile")
    (act,) = do_packages(tree, "uforgot")
    assert undo_package(tree, act) == Undone("back")
    assert tree.run("cat /var/lib/ucf/registry /var/lib/ucf/hashfile") == before


def test_a_sum_that_a_script_wrote_for_ucf_by_itself_goes_with_the_package(tree: Tree) -> None:
    seen = "cat /var/lib/ucf/registry /var/lib/ucf/hashfile; ls /var/lib/ucf/cache || :"
    tree.run("apt-get -y -q install uset")  # ucf's lists and folders are there
    before = tree.run(seen)
    (act,) = do_packages(tree, "usum")
    assert "/etc/usum.d/made" in tree.read("/var/lib/ucf/hashfile")
    assert package.undo(act, tree.place, force=False, dry=True) == Undone("back")
    assert "/etc/usum.d/made" in tree.read("/var/lib/ucf/hashfile")
    assert undo_package(tree, act) == Undone("back")
    assert tree.run(seen) == before


_SUM = "0cc175b9c0f1b6a831c399e269772661  /etc/usum.d/made"
_SUMS = "/var/lib/ucf/hashfile"


@pytest.mark.parametrize(
    ("before", "since"),
    [
        (f"echo '{_SUM}' >> {_SUMS}", ":"),
        (":", f"sed -i 's,.*/etc/usum.d/made,{_SUM},' {_SUMS}"),
        (":", f"echo '{_SUM}' >> {_SUMS}"),
        (":", "ucfr other /etc/usum.d/made"),
    ],
    ids=["there before", "another since", "one more since", "registered since"],
)
def test_a_sum_that_is_not_the_packages_own_stays(tree: Tree, before: str, since: str) -> None:
    tree.run(f"apt-get -y -q install uset; {before}")
    (act,) = do_packages(tree, "usum")
    tree.run(since)
    sums = tree.read(_SUMS)
    assert "/etc/usum.d/made" in sums
    assert undo_package(tree, act).word == "back"
    assert tree.read(_SUMS) == sums


def test_after_a_run_that_was_cut_off_no_sum_counts_as_the_packages(tree: Tree) -> None:
    (act,) = do_packages(tree, "usum")
    assert list(settings.find_sums(act, tree.place)) == ["/etc/usum.d/made"]
    later = Place(tree.place.change, tree.place.root, tree.place.base)  # it has not seen what was there before
    assert settings.find_sums(act, later) == {}


def test_a_sum_stays_where_the_file_does(tree: Tree) -> None:
    tree.run("apt-get -y -q install uset")
    (act,) = do_packages(tree, "usum")
    tree.path("/etc/usum.d/made").write_text("theirs\n")
    sums = tree.read(_SUMS)
    assert undo_package(tree, act).why[0] == "configuration files stay: usum (/etc/usum.d/made)"
    assert tree.read(_SUMS) == sums
    tree.run("dpkg --purge usum")
    tree.path("/etc/usum.d").mkdir()
    tree.path("/etc/usum.d/made").write_text("theirs\n")  # by hand, once the package is gone
    assert undo_package(tree, act) == Undone("back")
    assert tree.read(_SUMS) == sums


def test_settings_that_lay_there_before_the_package_stay(tree: Tree) -> None:
    tree.path("/etc/uset.conf").write_text("a = 1\n")
    (act,) = do_packages(tree, "uset")
    assert act["settings"] == {}
    undo_package(tree, act)
    assert tree.read("/etc/uset.conf") == "a = 1\n"


def test_files_of_what_another_has_removed_since_are_named(tree: Tree) -> None:
    (act,) = do_packages(tree, "conf")
    tree.run("apt-get -y -q remove conf")
    said = undo_package(tree, act)
    assert (said.word, said.why[0], said.by_hand) == ("back", "configuration files stay: conf", "dpkg --purge conf")
    assert state_of(tree, "conf") == {"conf": "rc"}


def test_what_others_need_mark_hold_or_install_anew_stays(tree: Tree) -> None:
    (act,) = do_packages(tree, "aud")
    tree.run("apt-get -y -q install other")
    left = undo_package(tree, act)
    assert (left.word, left.by_hand) == ("stays", "apt-get remove libx")
    assert "other depends on libx" in left.why[0]
    assert state_of(tree, "aud", "libx", "other") == {"aud": "", "libx": "ii", "other": "ii"}
    tree.run("apt-get -y -q remove other; apt-mark manual libx")
    assert "manually" in undo_package(tree, act).why[0]
    tree.run("apt-mark auto libx; apt-mark hold libx")
    assert "held" in undo_package(tree, act).why[0]
    tree.run("apt-mark unhold libx; sleep 1; dpkg --remove libx; apt-get -y -q install libx; apt-mark auto libx")
    assert "anew" in undo_package(tree, act).why[0]
    assert package.look(act, tree.place) == "moved"
    assert state_of(tree, "libx") == {"libx": "ii"}


def test_the_package_that_was_asked_for_stays_with_its_library_where_another_needs_it(tree: Tree) -> None:
    own = tree.path("/srv/own")
    build_package(own, "site", Depends="aud")
    index_packages(tree)
    (act,) = do_packages(tree, "aud")
    tree.run("apt-get -y -q install site")
    left = undo_package(tree, act)
    assert left.word == "stays"
    assert state_of(tree, "aud", "libx", "site") == {"aud": "ii", "libx": "ii", "site": "ii"}


def test_an_upgrade_by_others_leaves_it_ours(tree: Tree) -> None:
    (act,) = do_packages(tree, "aud")
    build_package(tree.path("/srv/own"), "libx", "1.1")
    index_packages(tree)
    tree.run("apt-get -y -q dist-upgrade")
    assert package.look(act, tree.place) == "after"
    assert undo_package(tree, act).word == "back"
    assert state_of(tree, "aud", "libx") == {"aud": "", "libx": ""}


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["rival"], "Remv victim"),
        (["newer"], r"Inst old \[1\]"),
        (["nowhere"], "Unable to locate"),
        (["-x"], "name"),
    ],
)
def test_what_would_change_anything_else_is_refused(tree: Tree, names: list[str], word: str) -> None:
    before = tree.run("dpkg-query -W")
    with pytest.raises(Refusal, match=word):
        package.resolve({"name": names}, Sight(tree.place))
    assert tree.run("dpkg-query -W") == before


def test_recommended_packages_come_only_where_asked_for(tree: Tree) -> None:
    (act,) = do_packages(tree, "aud", recommends=True)
    assert sorted(act["after"]) == ["aud", "extra", "libx"]
    assert undo_package(tree, act).word == "back"


def test_a_script_that_fails_takes_all_back(tree: Tree) -> None:
    before = tree.run("dpkg-query -W; apt-mark showauto")
    with pytest.raises(Refusal, match=r"post-installation script"):
        do_packages(tree, "fails")
    assert tree.run("dpkg-query -W; apt-mark showauto") == before
    assert tree.run("dpkg --audit") == ""


def test_where_it_can_not_be_taken_back_either_the_act_is_told(tree: Tree) -> None:
    with pytest.raises(Refusal) as caught:
        do_packages(tree, "stuck")
    assert caught.value.act["after"] == {"stuck": "1.0"}  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="dpkg --configure -a"):
        package.resolve({"name": "aud"}, Sight(tree.place))


def test_files_of_configuration_go_only_as_they_came(tree: Tree) -> None:
    (act,) = do_packages(tree, "conf")
    assert undo_package(tree, act).word == "back"
    assert state_of(tree, "conf") == {"conf": ""}
    assert not tree.path("/etc/conf.conf").exists()
    (act,) = do_packages(tree, "conf")
    tree.path("/etc/conf.conf").write_text("a = 2\n")
    left = undo_package(tree, act)
    assert (left.word, left.by_hand) == ("back", "dpkg --purge conf")
    assert state_of(tree, "conf") == {"conf": "rc"}
    assert tree.read("/etc/conf.conf") == "a = 2\n"
    (act,) = do_packages(tree, "conf")
    assert act["before"] == {"conf": "rc"}
    assert undo_package(tree, act).why == ("", "")
    assert tree.read("/etc/conf.conf") == "a = 2\n"


@pytest.mark.parametrize("before", ["none", "rc"])
def test_of_two_installations_in_one_second_the_one_that_was_resolved_counts(tmp_path: Path, before: str) -> None:
    place = Place("c-1", str(tmp_path))
    (tmp_path / "var/log/apt").mkdir(parents=True)
    now = "2026-11-29 12:00:00"
    ours = f"Start-Date: {now.replace(' ', '  ')}\nCommandline: apt-get -o Rempart::Change=c-1 install conf\n"
    ours += f"Install: conf:all (1.0)\nEnd-Date: {now.replace(' ', '  ')}\n"
    (tmp_path / "var/log/apt/history.log").write_text(f"{ours}\n{ours}")
    states = ("install conf:all <none> 1.0", "remove conf:all 1.0 <none>", "install conf:all 1.0 1.0")
    (tmp_path / "var/log/dpkg.log").write_text("".join(f"{now} {state}\n" for state in states))
    act = {"names": ["conf"], "after": {"conf": "1.0"}, "before": {"conf": before}}
    assert find_run(act, place)[1] == {"conf": before}


def test_a_package_whose_script_is_not_understood_is_purged_only_where_its_data_are_declared_and_none(
    tree: Tree,
) -> None:
    (act,) = do_packages(tree, "script")
    assert undo_package(tree, act).by_hand == "dpkg --purge script"
    tree.run("dpkg --purge script")
    (act,) = do_packages(tree, "script", data=["/var/lib/script"])
    tree.run("mkdir /var/lib/script; touch /var/lib/script/theirs")
    assert undo_package(tree, act).by_hand == "dpkg --purge script"
    tree.run("dpkg --purge script; rm /var/lib/script/theirs")
    (act,) = do_packages(tree, "script", data=["/var/lib/script"], scraps=["/var/lib/script/id"])
    tree.run("touch /var/lib/script/id /var/lib/script/theirs")
    assert undo_package(tree, act).by_hand == "dpkg --purge script"
    tree.run("dpkg --purge script; rm /var/lib/script/theirs")
    (act,) = do_packages(tree, "script", data=["/var/lib/script"], scraps=["/var/lib/script/id"])
    assert undo_package(tree, act) == Undone("back")
    assert state_of(tree, "script") == {"script": ""}


def test_a_folder_that_came_with_a_package_and_is_empty_goes_with_it(tree: Tree) -> None:
    files = {"DEBIAN/postinst": "#!/bin/sh\nmkdir -p /var/lib/maker\n", "DEBIAN/postrm": "#!/bin/sh\nexit 0\n"}
    build_package(tree.path("/srv/own"), "maker", files=files)
    index_packages(tree)
    (act,) = do_packages(tree, "maker", data=["/var/lib/maker"])
    assert undo_package(tree, act) == Undone("back")
    assert not tree.path("/var/lib/maker").exists()
    tree.path("/var/lib/maker").mkdir()
    (act,) = do_packages(tree, "maker", data=["/var/lib/maker"])
    assert undo_package(tree, act) == Undone("back")
    assert tree.path("/var/lib/maker").is_dir()  # it was there before


def test_a_package_that_was_removed_comes_back_with_its_version_and_mark(tree: Tree) -> None:
    tree.run("apt-mark auto old")
    before = tree.run("dpkg-query -W; apt-mark showauto")
    (act,) = do_packages(tree, "old", state="absent")
    assert state_of(tree, "old") == {"old": ""}
    assert undo_package(tree, act).word == "back"
    assert tree.run("dpkg-query -W; apt-mark showauto") == before
    tree.run("apt-get -y -q install other")
    with pytest.raises(Refusal, match="other depends on libx"):
        package.resolve({"name": "libx", "state": "absent"}, Sight(tree.place))


def _runs(tree: Tree) -> list[str]:
    text = dpkg.read_logs(tree.place, "apt/history.log")
    return [line for line in text.splitlines() if "Rempart::Change=" in line]


def test_packages_of_several_fixes_come_by_one_run_and_go_each_by_itself(tree: Tree) -> None:
    before = tree.run("dpkg-query -W; apt-mark showauto")
    names = ["aud", "other", "conf"]
    fixes = [{"check": f"AAA-0{number}", "packages": [{"name": name}]} for number, name in enumerate(names, 1)]
    done = change.fix(tree.place, fixes)["fixes"]
    assert [(one["changed"], [act["target"] for act in one["acts"]]) for one in done] == [
        (True, ["aud"]), (True, ["other"]), (True, ["conf"])]  # fmt: skip
    assert len(_runs(tree)) == 1
    rows = change.take_back(tree.place, ["AAA-02"])["rows"]
    assert [row["word"] for row in rows] == ["back"]
    assert state_of(tree, "aud", "libx", "other", "conf") == {"aud": "ii", "libx": "ii", "other": "", "conf": "ii"}
    assert {row["word"] for row in change.take_back(tree.place)["rows"]} == {"back"}
    assert tree.run("dpkg-query -W; apt-mark showauto") == before


def test_one_fix_of_several_whose_package_fails_does_not_keep_the_others(tree: Tree) -> None:
    names = ["aud", "fails", "nowhere", "conf"]
    fixes = [{"check": f"AAA-0{number}", "packages": [{"name": name}]} for number, name in enumerate(names)]
    done = change.fix(tree.place, fixes)["fixes"]
    assert [one["failed"] for one in done] == [False, True, True, False]
    assert state_of(tree, "aud", "fails", "conf") == {"aud": "ii", "fails": "", "conf": "ii"}
    assert tree.run("dpkg --audit") == ""
    assert {row["word"] for row in change.take_back(tree.place)["rows"]} == {"back"}
    assert state_of(tree, "aud", "libx", "conf") == {"aud": "", "libx": "", "conf": ""}


def test_configuration_that_stays_is_told_by_each_undo_as_long_as_it_lies_there(tree: Tree) -> None:
    """The undo that found it may have been cut off before it could say so."""
    change.fix(tree.place, [{"check": "AAA-01", "packages": [{"name": "conf"}]}])
    tree.path("/etc/conf.conf").write_text("a = 2\n")
    for dry in (False, True, False):
        (row,) = change.take_back(tree.place, dry=dry)["rows"]
        assert (row["word"], row["why"][0], row["by_hand"]) == (
            "back", "configuration files stay: conf (/etc/conf.conf)", "dpkg --purge conf")  # fmt: skip
    tree.run("dpkg --purge conf")
    assert change.take_back(tree.place)["rows"] == []
