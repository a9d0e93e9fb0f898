"""Accounts are changed field by field, beside useradd and passwd, and given back so."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.acts_tree import Tree, make_tree

from rempart_fix import account_use, pwdlock
from rempart_fix.acts import account
from rempart_fix.contract import Act, Moved, Refusal, Undone
from rempart_fix.sight import Sight

FILES = ("passwd", "shadow", "group", "gshadow")
_HASH = "$y$j9T$abcdefghijklmnop$qrstuvwxyz0123456789abcdefghijklmnopqrstuvw"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("accounts")) as made:
        made.run(f"useradd -m anna; useradd -m ben; usermod -p '{_HASH}' anna; usermod -p '{_HASH}' ben")
        yield made


@pytest.fixture
def tree(shared: Tree) -> Iterator[Tree]:
    before = _files(shared)
    yield shared
    for file, text in before.items():
        shared.path(f"/etc/{file}").write_text(text)


def _do(tree: Tree, **spec: object) -> list[Act]:
    return [account.do(act, tree.place) for act in account.resolve(spec, Sight(tree.place))]


def _undo(tree: Tree, acts: list[Act], *, force: bool = False) -> list[Undone]:
    return [account.undo(act, tree.place, force=force, dry=False) for act in reversed(acts)]


def _files(tree: Tree) -> dict[str, str]:
    return {file: tree.read(f"/etc/{file}") for file in FILES}


SPECS = (
    {"name": "anna", "field": "max", "value": "365"},
    {"name": "anna", "field": "expire", "value": "1"},
    {"name": "anna", "field": "shell", "value": "/usr/sbin/nologin"},
    {"name": "anna", "field": "gid", "value": "users"},
    {"name": "anna", "lock": True},
    {"name": "anna", "member_of": "sudo"},
    {"group": "ssh-users", "make": True, "system": True},
    {"name": "probe", "make": True, "system": True, "home": "/nonexistent"},
)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_each_act_comes_back_to_the_byte_and_what_others_did_meanwhile_stays(
    tree: Tree, spec: dict[str, object]
) -> None:
    before = _files(tree)
    modes = {
        file: (tree.path(f"/etc/{file}").stat().st_mode, tree.path(f"/etc/{file}").stat().st_gid) for file in FILES
    }
    acts = _do(tree, **spec)
    assert acts
    assert account.resolve(spec, Sight(tree.place)) == []
    assert {account.look(act, tree.place) for act in acts} == {"after"}
    tree.run("pwck -r -q; grpck -r", check=False)
    assert [one.word for one in _undo(tree, acts)] == ["back"] * len(acts)
    assert _files(tree) == before
    assert {
        file: (tree.path(f"/etc/{file}").stat().st_mode, tree.path(f"/etc/{file}").stat().st_gid) for file in FILES
    } == modes

    acts = _do(tree, **spec)
    tree.run("useradd -m carl; usermod -aG sudo,users ben; chage -M 77 ben; passwd -q -l ben")
    theirs = _files(tree)
    assert [one.word for one in _undo(tree, acts)] == ["back"] * len(acts)
    after = _files(tree)
    tree.run("deluser --version >/dev/null 2>&1 || :")
    for act in _do(tree, **spec):
        assert act["kind"] == "account"
    assert after["passwd"].splitlines()[-1].startswith("carl:")
    assert "ben:!" in after["shadow"]
    assert ":77:" in after["shadow"]
    assert "ben" in next(line for line in after["group"].splitlines() if line.startswith("sudo:"))
    assert theirs != after


def test_a_lock_stays_where_the_password_was_changed_behind_it(tree: Tree) -> None:
    acts = _do(tree, name="anna", lock=True)
    tree.run("echo anna:another | chpasswd; passwd -q -l anna")
    (left,) = _undo(tree, acts)
    assert left.word == "moved"
    assert left.by_hand == "usermod --unlock anna"
    assert tree.read("/etc/shadow").split("anna:", 1)[1].startswith("!")
    (forced,) = _undo(tree, acts, force=True)
    assert forced.word == "back"
    assert tree.read("/etc/shadow").split("anna:", 1)[1].startswith("$")


def test_a_new_password_of_somebody_is_never_overwritten(tree: Tree) -> None:
    acts = _do(tree, name="anna", lock=True) + _do(tree, name="anna", field="max", value="90")
    tree.run("echo anna:another | chpasswd")
    now = tree.read("/etc/shadow").split("anna:", 1)[1].split(":")[0]
    words = [one.word for one in _undo(tree, acts, force=True)]
    assert words[0] == "back"
    assert tree.read("/etc/shadow").split("anna:", 1)[1].split(":")[0] == now
    assert tree.read("/etc/shadow").split("anna:", 1)[1].split(":")[3] == "99999"


def test_a_hash_in_passwd_goes_to_shadow_and_back_but_not_over_a_new_password(tree: Tree) -> None:
    text = tree.read("/etc/passwd").replace("anna:x:", f"anna:{_HASH}:")
    tree.path("/etc/passwd").write_text(text)
    tree.run("usermod -p '*' anna || :; grep -q '^anna:' /etc/shadow")
    tree.path("/etc/passwd").write_text(text)
    tree.path("/etc/shadow").write_text(tree.read("/etc/shadow").replace(f"anna:{_HASH}:", "anna:*:"))
    before = _files(tree)
    acts = _do(tree, name="anna", to_shadow=True)
    assert _HASH not in str(acts)
    assert f"anna:{_HASH}:" in tree.read("/etc/shadow")
    assert "anna:x:" in tree.read("/etc/passwd")
    assert [one.word for one in _undo(tree, acts)] == ["back", "back"]
    assert _files(tree) == before

    acts = _do(tree, name="anna", to_shadow=True)
    tree.run("echo anna:another | chpasswd")
    theirs = _files(tree)
    assert [one.word for one in _undo(tree, acts, force=True)] == ["moved", "moved"]
    assert _files(tree) == theirs


def test_a_member_comes_back_to_its_place(tree: Tree) -> None:
    tree.run("groupadd team; for one in anna ben root; do gpasswd -a $one team >&2; done")
    before = _files(tree)
    acts = _do(tree, name="ben", not_member_of="team")
    assert "team:x:1002:anna,root" in tree.read("/etc/group")
    assert [one.word for one in _undo(tree, acts)] == ["back", "back"]
    assert _files(tree) == before


def test_a_group_of_ours_stays_while_others_use_it(tree: Tree) -> None:
    acts = _do(tree, group="ssh-users", make=True, system=True)
    tree.run("touch /srv/theirs; chgrp ssh-users /srv/theirs")
    words = _undo(tree, acts)
    assert [one.word for one in words] == ["stays", "stays"]
    assert "/srv/theirs" in words[0].why[0]
    tree.run("rm /srv/theirs; useradd -g ssh-users dora")
    assert "primary group of dora" in _undo(tree, acts)[0].why[0]
    tree.run("usermod -g users dora; gpasswd -a dora ssh-users")
    left = _undo(tree, acts, force=True)
    assert [one.word for one in left] == ["stays", "stays"]
    assert "dora" in left[0].why[0]
    tree.run("gpasswd -d dora ssh-users")
    assert [one.word for one in _undo(tree, acts)] == ["back", "back"]


def test_an_account_of_ours_stays_with_a_process_a_login_or_a_file(tree: Tree) -> None:
    acts = _do(tree, name="probe", make=True, system=True)
    uid = next(line for line in tree.read("/etc/passwd").splitlines() if line.startswith("probe:")).split(":")[2]
    process = subprocess.Popen(["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "sleep", "60"])
    try:
        until = time.monotonic() + 30
        while f"\nUid:\t{uid}\t" not in Path(f"/proc/{process.pid}/status").read_text():
            assert time.monotonic() < until
        assert "process" in _undo(tree, acts)[0].why[0]
    finally:
        process.kill()
        process.wait()
    tree.path("/var/log/wtmp").write_bytes(b"\7\0\0\0pts\0probe\0\0\0")
    assert "has logged in" in _undo(tree, acts)[0].why[0]
    tree.path("/var/log/wtmp").unlink()
    tree.run("touch /var/tmp/one; chown probe /var/tmp/one")
    assert {one.word for one in _undo(tree, acts, force=True)} == {"stays"}
    tree.run("rm /var/tmp/one")
    assert {one.word for one in _undo(tree, acts)} == {"back"}


def test_an_act_resolved_on_an_older_state_is_refused(tree: Tree) -> None:
    (act,) = account.resolve({"name": "anna", "field": "max", "value": "365"}, Sight(tree.place))
    tree.run("chage -M 30 anna")
    with pytest.raises(Moved):
        account.do(act, tree.place)
    assert account.look(act, tree.place) == "moved"


def test_the_lock_of_useradd_is_waited_for_and_its_holder_is_named(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwdlock, "WAIT", 0.2)
    (act,) = account.resolve({"name": "anna", "field": "max", "value": "365"}, Sight(tree.place))
    script = (
        "import fcntl,sys,time; f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX); print('held',flush=True); "
        "time.sleep(60)"
    )
    holder = subprocess.Popen(
        ["python3", "-c", script, str(tree.path("/etc/.pwd.lock"))], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        before = _files(tree)
        with pytest.raises(Refusal, match=str(holder.pid)):
            account.do(act, tree.place)
        assert _files(tree) == before
    finally:
        holder.kill()
        holder.communicate()


def test_nothing_is_lost_beside_useradd_and_passwd(tree: Tree) -> None:
    each = "useradd u$n; echo u$n:bz4-kTr-9aQ | chpasswd; gpasswd -a u$n users >/dev/null"
    script = f"for n in 1 2 3 4 5 6 7 8; do {each}; done"
    beside = subprocess.Popen(["chroot", str(tree.root), "sh", "-ec", script], stderr=subprocess.DEVNULL)
    acts: list[Act] = []
    rounds = 0
    while beside.poll() is None or rounds < 10:
        rounds += 1
        done = _do(tree, name="anna", field="max", value=str(100 + rounds % 7))
        done += _do(tree, name="ben", member_of="sudo")
        assert {one.word for one in _undo(tree, done)} <= {"back"}
        acts += done
    assert beside.wait() == 0
    for number in range(1, 9):
        assert f"\nu{number}:x:" in tree.read("/etc/passwd")
        assert f"\nu{number}:$y$" in tree.read("/etc/shadow")
        assert f"u{number}" in next(line for line in tree.read("/etc/group").splitlines() if line.startswith("users:"))
    assert tree.read("/etc/shadow").split("anna:", 1)[1].split(":")[3] == "99999"


@pytest.mark.parametrize(
    "spec",
    [
        {"name": "nobody-here", "field": "max", "value": "1"},
        {"name": "anna", "field": "max", "value": "ten"},
        {"name": "anna", "field": "shell", "value": "/bin/sh\nroot::0:0::/:/bin/sh"},
        {"name": "anna", "field": "password", "value": "x"},
        {"name": "-anna", "lock": True},
        {"name": "anna", "member_of": "no-such-group"},
    ],
    ids=str,
)
def test_what_can_not_be_is_refused_before_anything_is_written(tree: Tree, spec: dict[str, object]) -> None:
    before = _files(tree)
    with pytest.raises(Refusal):
        account.resolve(spec, Sight(tree.place))
    assert _files(tree) == before


def test_nothing_that_is_shown_holds_a_hash(tree: Tree) -> None:
    acts = account.resolve({"name": "anna", "lock": True}, Sight(tree.place))
    assert _HASH not in str(acts)
    assert _HASH not in str([account.show(act, tree.place) for act in acts])


def test_who_uses_a_group_is_looked_for_while_others_may_write(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    acts = _do(tree, group="ssh-users", make=True, system=True)

    def search(*_: object) -> tuple[str, str]:
        tree.run("useradd -M meanwhile")  # which would fail if the lock were held
        return "", ""

    monkeypatch.setattr(account, "find_use_of_group", search)
    account.undo(acts[-1], tree.place, force=False, dry=True)
    assert "\nmeanwhile:" in tree.read("/etc/passwd")


@pytest.mark.parametrize(("login", "held"), [(False, True), (True, False)])
def test_a_group_is_held_by_a_service_that_runs_with_it_and_by_no_login(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, *, login: bool, held: bool
) -> None:
    monkeypatch.setattr(account_use, "_is_login", lambda _: login)
    with subprocess.Popen(["sleep", "60"], extra_groups=[54321]) as process:
        try:
            said = account_use.find_use_of_group(tree.place, "ssh-users", 54321)[0]
            assert (said == f"process {process.pid} runs with group ssh-users") is held
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("group", "login"),
    [
        ("0::/user.slice/user-1000.slice/session-4.scope", True),
        ("0::/system.slice/ssh.service", True),
        ("0::/system.slice/system-sshd.slice/sshd@3-10.0.0.1:22-10.0.0.2:5.service", True),
        ("0::/system.slice/cron.service", False),
        ("0::/system.slice/sshguard.service", False),
        ("0::/", False),
    ],
)
def test_a_login_is_known_by_its_control_group(tmp_path: Path, group: str, *, login: bool) -> None:
    (tmp_path / "cgroup").write_text(group + "\n")
    assert account_use._is_login(str(tmp_path / "status")) is login


def test_a_disk_that_takes_nothing_is_said_and_nothing_is_lost(tree: Tree) -> None:
    (act,) = account.resolve({"name": "anna", "field": "max", "value": "365"}, Sight(tree.place))
    before = _files(tree)
    subprocess.run(["mount", "--bind", tree.path("/etc"), tree.path("/etc")], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", tree.path("/etc")], check=True)
        with pytest.raises((Refusal, OSError), match=r"(?i)read-only"):
            account.do(act, tree.place)
    finally:
        subprocess.run(["umount", "-l", tree.path("/etc")], check=True)
    assert _files(tree) == before
    assert not [path.name for path in tree.path("/etc").iterdir() if "rempart" in path.name]
    account.do(act, tree.place)
