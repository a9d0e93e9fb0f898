"""Packages of rpm come and go by dnf: what our own transaction brought, and nothing that others need."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing import rpm

from rempart_fix.acts import command, lists, package, upgrade
from rempart_fix.contract import Act, Refusal, Undone
from rempart_fix.place import Place
from rempart_fix.sight import Sight

pytestmark = pytest.mark.skipif(not rpm.DNF, reason="needs root, dnf, rpmbuild and createrepo_c")


class _Root(Place):
    """A root file system that the dnf and rpm of this machine work on."""

    def run(self, words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        own = {
            "dnf": [
                "dnf",
                f"--installroot={self.root}",
                "--releasever=9",
                f"--setopt=reposdir={self.root}/etc/yum.repos.d",
            ],
            "rpm": ["rpm", f"--root={self.root}", "--define", "_dbpath /var/lib/rpm"],
        }
        found = [*own.get(words[0], [words[0]]), *words[1:]]
        if words[0] == "find":
            found = ["find", self.root, *words[2:]]
        top, self.root = self.root, "/"
        try:
            return super().run(found, timeout, stdin)
        finally:
            self.root = top


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("rpms")
    needs = "newer-1-1 Requires: old >= 2"
    built = rpm.build(
        top, "lib-1-1", "ours-1-1 Requires: lib", "theirs-1-1 Requires: lib", needs, "old-1-1", "old-2-1",
        "lone-1-1",
    )  # fmt: skip
    (top / "served.spec").write_text(_SERVED)
    rpm.run("rpmbuild", "-bb", "--define", f"_topdir {top / 'build'}", str(top / "served.spec"))
    served = top / "build/RPMS/noarch/served-1-1.noarch.rpm"
    rpm.make_repository(top / "repo", [*built.values(), served])
    return top / "repo"


@pytest.fixture
def place(tmp_path: Path, repository: Path) -> Iterator[_Root]:
    root = tmp_path / "root"
    (root / "etc/yum.repos.d").mkdir(parents=True)
    (root / "etc/os-release").write_text('ID="rocky"\nID_LIKE="rhel centos fedora"\n')
    (root / "etc/yum.repos.d/own.repo").write_text(f"[own]\nname=own\nbaseurl=file://{repository}\ngpgcheck=0\n")
    made = _Root("c-1", str(root), str(tmp_path / "base"))
    made.make()
    yield made
    subprocess.run(["rm", "-rf", str(root)], check=True)


def _do(place: _Root, name: str, **spec: object) -> list[Act]:
    return [package.do(act, place) for act in package.resolve({"name": name, **spec}, Sight(place))]


def _undo(place: _Root, act: Act) -> Undone:
    planned = package.undo(act, place, force=False, dry=True)
    done = package.undo(act, place, force=False, dry=False)
    assert planned == done
    return done


def _theirs(place: _Root, *words: str) -> None:
    status, said = place.run(["dnf", "-y", *words], 120)
    assert status == 0, said


def _installed(place: _Root) -> set[str]:
    return set(place.run(["rpm", "-qa", "--qf", "%{NAME} "])[1].split())


def test_a_transaction_comes_and_goes_whole(place: _Root) -> None:
    (act,) = _do(place, "ours")
    assert act["after"] == {"lib": "1-1", "ours": "1-1"}
    assert act["auto"] == ["lib"]
    assert package.resolve({"name": "ours"}, Sight(place)) == []
    assert package.look(act, place) == "after"
    assert _undo(place, act).word == "back"
    assert _installed(place) == set()


_SERVED = """Name: served
Version: 1
Release: 1
Summary: x
License: MIT
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/lib/sysusers.d
echo 'a = 1' > %{buildroot}/etc/served.conf
echo 'u served - "Of a test"' > %{buildroot}/usr/lib/sysusers.d/served.conf
%files
%config(noreplace) /etc/served.conf
/usr/lib/sysusers.d/served.conf
"""


def test_an_edited_file_of_configuration_stays_by_name_and_an_account_that_came_goes(place: _Root) -> None:
    for name in ("passwd", "group"):
        Path(place.at(f"/etc/{name}")).write_text("root:x:0:0::/root:/bin/sh\n" if name == "passwd" else "root:x:0:\n")
    (act,) = _do(place, "served")
    assert "served:x:" in Path(place.at("/etc/passwd")).read_text()  # rpm runs systemd-sysusers
    assert _undo(place, act) == Undone("back")
    assert Path(place.at("/etc/passwd")).read_text() == "root:x:0:0::/root:/bin/sh\n"
    assert not Path(place.at("/etc/served.conf")).exists()
    (act,) = _do(place, "served")
    Path(place.at("/etc/served.conf")).write_text("a = 2\n")
    left = _undo(place, act)
    assert (left.word, left.why[0], left.by_hand) == (
        "back", "configuration files stay: /etc/served.conf.rpmsave", "rm /etc/served.conf.rpmsave")  # fmt: skip
    assert package.find_left(act, place).why == left.why
    assert Path(place.at("/etc/served.conf.rpmsave")).read_text() == "a = 2\n"


def test_what_others_need_or_installed_anew_stays(place: _Root) -> None:
    (act,) = _do(place, "ours")
    _theirs(place, "install", "theirs")
    left = _undo(place, act)
    assert (left.word, left.by_hand) == ("stays", "dnf remove lib")
    assert "theirs-1-1" in left.why[0]
    assert _installed(place) == {"lib", "theirs"}
    _theirs(place, "remove", "theirs", "lib")
    _theirs(place, "install", "lib")
    left = _undo(place, act)
    assert left.word == "stays"
    assert _installed(place) == {"lib"}


def test_an_installation_that_would_change_others_is_refused(place: _Root) -> None:
    _theirs(place, "install", "old-1-1")
    with pytest.raises(Refusal, match="Upgrading: old"):
        package.resolve({"name": "newer"}, Sight(place))
    with pytest.raises(Refusal, match="can't install nowhere"):
        package.resolve({"name": "nowhere"}, Sight(place))
    assert _installed(place) == {"old"}


def test_a_package_that_was_removed_comes_back(place: _Root) -> None:
    _theirs(place, "install", "theirs", "old-1-1")
    with pytest.raises(Refusal, match="theirs-1-1"):
        package.resolve({"name": "lib", "state": "absent"}, Sight(place))
    (act,) = _do(place, "old", state="absent")
    assert _installed(place) == {"lib", "theirs"}
    assert _undo(place, act).word == "back"
    assert place.run(["rpm", "-q", "old"])[1].startswith("old-1-1")


def test_an_upgrade_stays_and_what_came_new_with_it_goes_where_nobody_needs_it(
    place: _Root, repository: Path, tmp_path: Path
) -> None:
    _theirs(place, "install", "old-1-1", "lone")
    (act,) = (upgrade.do(act, place) for act in upgrade.resolve({}, Sight(place)))
    assert act["before"] == {"old": "1-1"}
    assert act["after"] == {"old": "2-1"}
    assert upgrade.resolve({}, Sight(place)) == []
    assert upgrade.look(act, place) == "after"
    left = upgrade.undo(act, place, force=False, dry=False)
    assert (left.word, left.by_hand) == ("stays", "dnf downgrade old-1-1")
    assert "old 1-1 → 2-1" in left.why[0]
    assert upgrade.settle(dict(act), place) == "done"
    _theirs(place, "downgrade", "old")
    assert upgrade.undo(act, place, force=False, dry=False).word == "back"
    assert upgrade.settle(dict(act), place) == "void"


def test_lists_of_dnf_are_fetched_by_it(place: _Root) -> None:
    spec = {"days": 7}
    (act,) = lists.resolve(spec, Sight(place))
    done = command.do(act, place)
    assert done["after"]["lists"] > 0
    assert lists.resolve(spec, Sight(place)) == []
