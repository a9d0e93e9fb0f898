"""Specs in the field's own words (sshd, sudo, PAM) and programs that write files, held against the real programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree

from rempart_fix import change
from rempart_fix.acts import run
from rempart_fix.resolve import pam, sshd, sudoers
from rempart_fix.sight import Sight


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("written")) as made:
        made.run(
            "ssh-keygen -A; mkdir -p /run/sshd; useradd -m anna; useradd -m ben; mknod -m 666 /dev/null c 1 3 || :"
        )
        yield made


def _fix(tree: Tree, **fix: Any) -> dict[str, Any]:
    (report,) = change.fix(tree.place, [{"check": "RMT-01", **fix}])["fixes"]
    assert not report["failed"], report["why"]
    found: dict[str, Any] = report
    return found


def _undo(tree: Tree) -> list[str]:
    return [row["word"] for row in change.take_back(tree.place)["rows"]]


def _etc(tree: Tree) -> dict[str, Any]:
    top = tree.path("/etc")
    paths = [path for path in sorted(top.rglob("*")) if path.is_file() or path.is_symlink()]
    return {str(path): (path.lstat().st_mode, path.is_symlink() or path.read_bytes()) for path in paths}


def _asked(tree: Tree, user: str = "anna") -> str:
    return tree.run(f"sshd -T -C user={user},host=h,addr=10.0.0.9")


STANDS = {
    "stock": "",
    "before": "printf 'PermitRootLogin yes\\n' > /etc/ssh/sshd_config.d/00-aaa.conf",
    "late include": "sed -i '/^Include/d; 1i PermitRootLogin yes' /etc/ssh/sshd_config; "
    "echo 'Include /etc/ssh/sshd_config.d/*.conf' >> /etc/ssh/sshd_config",
    "no include": "sed -i '/^Include/d; 1i PermitRootLogin yes' /etc/ssh/sshd_config",
    "match": "printf 'Match User anna\\n PermitRootLogin yes\\n X11Forwarding yes\\n' >> /etc/ssh/sshd_config",
    "match in a drop-in": "printf 'Match all\\n PermitRootLogin yes\\n' > /etc/ssh/sshd_config.d/10-x.conf",
    "first of several": "mkdir /etc/ssh/x; echo 'PermitRootLogin yes' > /etc/ssh/x/1.conf; "
    "sed -i 's,^Include.*,Include /etc/ssh/x/*.conf /etc/ssh/sshd_config.d/*.conf,' /etc/ssh/sshd_config",
}


@pytest.mark.parametrize("stand", STANDS)
def test_options_of_sshd_win_whatever_stands_there_and_go_again(tree: Tree, stand: str) -> None:
    tree.run(STANDS[stand] or ":")
    before = _etc(tree)
    _fix(tree, sshd={"PermitRootLogin": "no", "X11Forwarding": "no", "LoginGraceTime": 60})
    said = _asked(tree)
    assert "permitrootlogin no\n" in said
    assert "x11forwarding no\n" in said
    assert "logingracetime 60\n" in said
    again = change.fix(tree.place, [{"check": "RMT-01", "sshd": {"PermitRootLogin": "no", "X11Forwarding": "no",
                                                                 "LoginGraceTime": 60}}])  # fmt: skip
    assert not again["changed"]
    assert set(_undo(tree)) == {"back"}
    assert _etc(tree) == before


def test_an_sshd_without_include_gets_the_options_at_the_top_and_out_of_match_blocks() -> None:
    text = "# c\nPermitRootLogin yes\nUsePAM yes\nMatch User anna\n  permitrootlogin yes\n  X11Forwarding yes\n"
    spec = {"check": "RMT-01", "values": {"PermitRootLogin": "no", "UsePAM": "yes"}}
    lines = text.splitlines(keepends=True)
    assert sshd.plan("RMT-01", spec["values"], text, [], sshd.read_version("OpenSSH_8.0p1, OpenSSL")) == (None, False)
    found = sshd.put_on_top(lines, spec)
    assert found[:4] == ["# BEGIN Rempart, RMT-01\n", "PermitRootLogin no\n", "UsePAM yes\n", "# END Rempart, RMT-01\n"]
    assert "# Rempart, RMT-01:   permitrootlogin yes\n" in found
    assert "  X11Forwarding yes\n" in found
    assert found.count("PermitRootLogin yes\n") == 1
    assert sshd.put_on_top(found, spec) == found


@pytest.mark.parametrize("option", [{"Port": 22}, {"Match": "all"}, {"PermitRootLogin": "no\nMatch all"}, {"A b": 1}])
def test_what_is_no_option_of_one_value_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(sshd.Mistake):
        sshd.check_options(option)


def test_an_option_that_this_sshd_does_not_know_is_refused_and_nothing_is_written(tree: Tree) -> None:
    before = _etc(tree)
    report = change.fix(tree.place, [{"check": "RMT-01", "sshd": {"NoSuchOption": "yes"}}])["fixes"][0]
    assert report["failed"]
    assert "nosuchoption" in report["why"][0].lower()
    assert _etc(tree) == before


def test_a_fix_that_is_done_again_from_its_record_changes_nothing(tree: Tree) -> None:
    """The record keeps no order of options."""
    options = {"X11Forwarding": "no", "PermitRootLogin": "no"}
    first, again = (
        change.fix(tree.place, [{"check": "RMT-01", "sshd": one}]) for one in (options, dict(sorted(options.items())))
    )
    assert (first["changed"], again["changed"]) == (True, False)


_RULES = """\
Defaults env_reset
Defaults:ben !authenticate
User_Alias ADMINS = anna, carl
Cmnd_Alias SHELLS = /bin/sh, \\
    /bin/bash
root ALL=(ALL:ALL) ALL
%sudo ALL=(ALL:ALL) ALL
ADMINS ALL = (ALL) NOPASSWD: ALL
ben ALL = SHELLS
carl ALL = /usr/bin/ls, \\
    NOPASSWD: /usr/bin/id
@includedir /etc/sudoers.d
"""


def _sudo(tree: Tree) -> None:
    tree.path("/etc/sudoers").write_text(_RULES)
    tree.path("/etc/sudoers").chmod(0o440)
    tree.path("/etc/sudoers.d/90-dora").write_text("dora ALL=(ALL) NOPASSWD: ALL\nanna ALL=(ALL) ALL\n")
    tree.path("/etc/sudoers.d/README.txt").write_text("eve ALL=(ALL) ALL\n")
    tree.run("chmod 440 /etc/sudoers.d/*; visudo -c")


def test_rules_are_taken_from_those_who_are_not_listed_and_come_back(tree: Tree) -> None:
    _sudo(tree)
    before = _etc(tree)
    spec = {"allowed": ["anna"], "groups": ["sudo"], "programs": ["sh", "bash"], "account": "anna"}
    _fix(tree, sudoers={"take_rights": spec})
    text = tree.read("/etc/sudoers")
    assert "# Rempart, RMT-01: ben ALL = SHELLS\n" in text
    assert "# Rempart, RMT-01: ADMINS ALL" in text
    assert "\n%sudo ALL=(ALL:ALL) ALL\n" in text
    assert "\ncarl ALL = /usr/bin/ls, \\\n" in text
    assert (
        tree.read("/etc/sudoers.d/90-dora") == "# Rempart, RMT-01: dora ALL=(ALL) NOPASSWD: ALL\nanna ALL=(ALL) ALL\n"
    )
    assert "eve ALL" in tree.read("/etc/sudoers.d/README.txt")
    assert tree.path("/etc/sudoers").stat().st_mode & 0o777 == 0o440
    tree.run("visudo -c")
    tree.run("echo 'gina ALL = /usr/bin/id' >> /etc/sudoers; visudo -c")
    assert set(_undo(tree)) == {"back"}
    assert tree.read("/etc/sudoers") == _RULES + "gina ALL = /usr/bin/id\n"
    tree.run("sed -i '$d' /etc/sudoers")
    assert _etc(tree) == before


def test_the_account_that_connects_keeps_what_lets_it_become_root() -> None:
    texts = {"/etc/sudoers": "User_Alias US = dora, eve\nUS ALL=(ALL) ALL\nben ALL=(ALL) ALL\n%ops ALL=(ALL) ALL\n"}
    spec = {
        "check": "PRV-01",
        "allowed": [],
        "programs": [],
        "account": "dora",
        "account_groups": ["ops"],
        "uid": "1001",
    }
    text = sudoers.take_rights(texts, spec)["/etc/sudoers"]
    assert re.findall(r"(?m)^# Rempart, PRV-01: (\S+)", text) == ["ben"]


def test_sudo_asks_everybody_but_those_who_are_kept(tree: Tree) -> None:
    _sudo(tree)
    _fix(tree, sudoers={"ask_password": {"kept": ["dora"], "minutes": 5, "most": 5}})
    text = tree.read("/etc/sudoers")
    assert text.startswith("Defaults timestamp_timeout=5\n")
    assert "Defaults:ben authenticate\n" in text
    assert "NOPASSWD" not in text
    assert "NOPASSWD" in tree.read("/etc/sudoers.d/90-dora")
    tree.run("visudo -c")
    assert "password is required" in tree.run("setpriv --reuid=anna --regid=anna --init-groups sudo -n id", check=False)
    assert set(_undo(tree)) == {"back"}
    assert tree.read("/etc/sudoers") == _RULES


def test_rules_by_which_the_account_that_connects_is_not_asked_stay() -> None:
    account = {"check": "PRV-02", "minutes": 15, "most": 15, "account": "ann", "account_groups": ["ops"], "uid": "1001"}
    own = {"/etc/sudoers": "ann ALL=(ALL) NOPASSWD: ALL\n%ops ALL=(ALL) NOPASSWD: ALL\nDefaults:ann !authenticate\n"}
    changed = sudoers.ask_password(own, account)["/etc/sudoers"]
    assert changed == own["/etc/sudoers"].replace("%ops ALL=(ALL) NOPASSWD: ALL", "%ops ALL=(ALL) ALL")
    alias = {"/etc/sudoers": "User_Alias A = ann, ben\nA ALL=(ALL) NOPASSWD: ALL\nben ALL=(ALL) NOPASSWD: ALL\n"}
    changed = sudoers.ask_password(alias, account)["/etc/sudoers"]
    assert changed.splitlines()[1:] == ["A ALL=(ALL) NOPASSWD: ALL", "ben ALL=(ALL) ALL"]
    group = {"/etc/sudoers": "%ops ALL=(ALL) NOPASSWD: ALL\n%www ALL=(ALL) NOPASSWD: ALL\n"}
    changed = sudoers.ask_password(group, account)["/etc/sudoers"]
    assert changed == "%ops ALL=(ALL) NOPASSWD: ALL\n%www ALL=(ALL) ALL\n"


def test_a_time_that_is_longer_than_it_may_be_is_cut_and_a_shorter_stays() -> None:
    texts = {"/etc/sudoers": 'Defaults timestamp_timeout=60, insults\nDefaults timestamp_timeout="-1"\n'
                             "Defaults timestamp_timeout = 2\n"}  # fmt: skip
    found = sudoers.ask_password(texts, {"check": "PRV-02", "minutes": 5, "most": 5})["/etc/sudoers"]
    assert [one[0] for one in re.findall(r"timestamp_timeout\s*=\s*((\d+))", found)] == ["5", "5", "5", "2"]


_PAM = """\
# auth required pam_unix.so nullok
auth\t[success=1 default=ignore]\tpam_unix.so nullok try_first_pass
password  required  pam_unix.so obscure nullok_secure sha512 \\
   shadow rounds=1000 # here
-session optional pam_unix.so nullok
password requisite pam_pwquality.so retry=3 minlen=4 [reason=a b]
"""


def test_arguments_of_modules_are_dropped_and_put_in_the_place_of_others() -> None:
    lines = _PAM.splitlines(keepends=True)
    spec = {"module": "pam_unix[.]so", "types": ["auth", "password"], "drop": ["nullok", "nullok_secure", "rounds="]}
    found = pam.apply_arguments(lines, spec)
    assert found[0] == lines[0]
    assert found[1] == "auth\t[success=1 default=ignore]\tpam_unix.so try_first_pass\n"
    assert found[2:4] == ["password  required  pam_unix.so obscure sha512 \\\n", "   shadow # here\n"]
    assert found[4:] == lines[4:]
    swap = {"module": "pam_unix2?[.]so", "types": ["password"], "put": "yescrypt", "instead_of": ["md5", "sha512"]}
    assert "obscure nullok_secure yescrypt \\\n" in pam.apply_arguments(lines, swap)[2]
    assert pam.apply_arguments(lines, dict(swap, instead_of=["md5"])) == lines
    cut = {"module": "pam_pwquality[.]so", "drop": ["minlen="]}
    assert pam.apply_arguments(lines, cut)[-1] == "password requisite pam_pwquality.so retry=3 [reason=a b]\n"


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("password requisite pam_pwhistory.so", " remember=24 use_authtok"),
        ("password requisite pam_pwhistory.so use_authtok remember=5 # ours", "remember=24"),
        ("password requisite pam_pwhistory.so remember=400 use_authtok", "remember=400 use_authtok"),
        ("password requisite pam_pwhistory.so remember=x \\\n  use_authtok", "remember=24 \\\n  use_authtok"),
        ("password requisite pam_pwhistory.so \\\n  debug # why", "\\\n  debug use_authtok remember=24 # why"),
    ],
)
def test_arguments_that_are_missing_come_to_the_end_and_numbers_are_raised(line: str, done: str) -> None:
    spec = {"module": "pam_pwhistory[.]so", "types": ["password"], "add": ["use_authtok"], "least": {"remember": 24}}
    lines = [*(line + "\n").splitlines(keepends=True), "password required pam_permit.so\n"]
    found = pam.apply_arguments(lines, spec)
    text = "".join(found)
    assert all(word in text for word in (done.split("#", maxsplit=1)[0].split()))
    assert done in text or sorted(done.split()) == sorted(text.splitlines()[0].split()[3:])
    assert pam.apply_arguments(found, spec) == found
    assert found[-1] == lines[-1]
    assert ("#" in text) == ("#" in line)


def test_what_pam_auth_update_wrote_is_undone_as_lines_and_others_lines_stay(tree: Tree) -> None:
    profile = (
        "Name: Refuse\nDefault: yes\nPriority: 1024\nAuth-Type: Primary\nAuth:\n\trequisite\tpam_faillock.so preauth\n"
    )
    before = _etc(tree)
    files = [{"path": "/usr/share/pam-configs/rempart-acc-05", "content": profile, "mode": "0644"}]
    spec = {"procedure": "pam_auth_update", "names": ["rempart-acc-05"],
            "unless": {"path": "/etc/pam.d/common-auth", "match": "pam_faillock"}}  # fmt: skip
    _fix(tree, files=files, run=[spec])
    assert "pam_faillock.so preauth" in tree.read("/etc/pam.d/common-auth")
    assert not change.fix(tree.place, [{"check": "RMT-01", "files": files, "run": [spec]}])["changed"]
    tree.run("echo 'auth optional pam_echo.so theirs' >> /etc/pam.d/common-auth")
    assert set(_undo(tree)) == {"back"}
    assert tree.read("/etc/pam.d/common-auth").endswith("auth optional pam_echo.so theirs\n")
    tree.run("sed -i '$d' /etc/pam.d/common-auth")
    assert _etc(tree) == before
    assert not tree.path("/usr/share/pam-configs/rempart-acc-05").exists()


def test_files_of_pam_that_were_edited_by_hand_are_said_and_left(tree: Tree) -> None:
    profile = (
        "Name: Refuse\nDefault: yes\nPriority: 1024\nAuth-Type: Primary\nAuth:\n\trequisite\tpam_faillock.so preauth\n"
    )
    tree.path("/usr/share/pam-configs/rempart-x").write_text(profile)
    tree.run("sed -i '0,/^auth/s/^auth/auth optional pam_echo.so x\\nauth/' /etc/pam.d/common-auth")
    before = tree.read("/etc/pam.d/common-auth")
    report = change.fix(tree.place, [{"check": "RMT-01", "run": [dict(_RUN)]}])
    (one,) = report["fixes"]
    assert one["failed"]
    assert tree.read("/etc/pam.d/common-auth") == before


def test_a_procedure_after_which_it_is_not_as_declared_is_taken_back(tree: Tree) -> None:
    """A stack by halves locks everybody out: what says that there is nothing to do has to say so afterwards."""
    profile = (
        "Name: Refuse\nDefault: yes\nPriority: 1024\nAuth-Type: Primary\nAuth:\n\trequisite\tpam_faillock.so preauth\n"
    )
    tree.path("/usr/share/pam-configs/rempart-x").write_text(profile)
    before = _etc(tree)
    spec = dict(_RUN, unless={"path": "/etc/pam.d/common-auth", "match": "(?s)preauth.*authfail"})
    (one,) = change.fix(tree.place, [{"check": "RMT-01", "run": [spec]}])["fixes"]
    assert "not as declared" in one["why"][0]
    assert _etc(tree) == before


def test_a_procedure_that_a_crash_cut_off_is_settled_by_what_the_files_were(tree: Tree) -> None:
    profile = (
        "Name: Refuse\nDefault: yes\nPriority: 1024\nAuth-Type: Primary\nAuth:\n\trequisite\tpam_faillock.so preauth\n"
    )
    tree.path("/usr/share/pam-configs/rempart-x").write_text(profile)
    (act,) = run.resolve({"procedure": "pam_auth_update", "names": ["rempart-x"]}, Sight(tree.place))
    before = tree.read("/etc/pam.d/common-auth")
    assert run.settle(dict(act), tree.place) == "void"
    run.do(dict(act), tree.place)  # its answer is lost
    assert run.settle(act, tree.place) == "done"
    assert run.undo(act, tree.place, force=False, dry=False).word == "back"
    assert tree.read("/etc/pam.d/common-auth") == before


def test_what_aide_says_of_its_first_sums_is_closed_to_others(tree: Tree) -> None:
    """Its program makes the logs by the umask that it is run with (``run_aideinit`` of Debian's aideinit)."""
    program = tree.path("/usr/sbin/aideinit")
    program.write_text(
        "#!/bin/sh\nset -e\nmkdir -p /var/log/aide /var/lib/aide\nprintf '%s\\n' \"$*\" > /var/log/aide/aideinit.log\n"
        ": > /var/log/aide/aideinit.errors\necho sums > /var/lib/aide/aide.db\n"
    )
    program.chmod(0o755)
    unless = {"path": "/var/lib/aide/aide.db", "match": "(?s)."}
    _fix(tree, run=[{"procedure": "aide_debian", "unless": unless}])
    made = [tree.path(f"/var/log/aide/aideinit.{end}") for end in ("log", "errors")]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o640, 0o640]
    assert made[0].read_text() == "--yes --force\n"
    assert set(_undo(tree)) == {"back"}
    assert not any(path.exists() for path in made)


def test_all_mistakes_in_a_declaration_are_said_at_once(tree: Tree) -> None:
    wrong = {"check": "RMT-01", "sshd": {"UsePAM": True}, "packages": [{"state": "present"}], "units": [{"name": "x"}],
             "accounts": [{"name": "a"}], "run": [{"procedure": "rm", "names": ["-rf"]}], "pam": [{}], "nft": [{}],
             "sudoers": {"all": 1}, "sysctl": [{"name": "a.b"}]}  # fmt: skip
    with pytest.raises(Exception, match="procedure: 'rm'") as caught:
        change.fix(tree.place, [wrong], check_mode=True)
    for word in (
        "sshd: UsePAM",
        "packages[0]",
        "units[0]",
        "accounts[0]",
        "run[0]",
        "pam[0]",
        "nft[0]",
        "sudoers",
        "sysctl[0]",
    ):
        assert word in str(caught.value)


def test_a_fix_of_several_kinds_is_one_call_and_comes_back_whole(tree: Tree) -> None:
    own = tree.path("/srv/own")
    own.mkdir()
    build_package(own, "aud", files={"usr/lib/systemd/system/aud.service": _UNIT})
    index_packages(tree)
    before = _etc(tree)
    spec = {
        "packages": [{"names": {"debian": "aud", "redhat": "audit"}}],
        "accounts": [{"group": "ssh-users", "make": True, "system": True}, {"name": "anna", "member_of": "ssh-users"}],
        "units": [{"name": "aud", "enabled": True}],
        "sshd": {"AllowGroups": "ssh-users"},
    }
    report = _fix(tree, **spec)
    assert {act["kind"] for act in report["acts"]} == {"package", "account", "unit", "file"}
    assert tree.path("/etc/systemd/system/multi-user.target.wants/aud.service").is_symlink()
    assert "allowgroups ssh-users" in _asked(tree)
    assert set(_undo(tree)) == {"back"}
    assert _etc(tree) == before


_RUN = {
    "procedure": "pam_auth_update",
    "names": ["rempart-x"],
    "unless": {"path": "/etc/pam.d/common-auth", "match": "pam_faillock"},
}
_UNIT = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"


def test_a_server_of_nfs_is_told_of_its_exports_after_a_fix_and_after_its_undo(tree: Tree) -> None:
    tree.run("printf '#!/bin/sh\\necho \"$*\" >> /run/told\\n' > /usr/sbin/exportfs; chmod 755 /usr/sbin/exportfs")
    tree.run("echo '/srv 10.0.0.5(rw,no_root_squash)' > /etc/exports")
    _fix(
        tree,
        lines=[{"path": "/etc/exports", "match": "no_root_squash", "replace": "root_squash"}],
        effects=[{"load": "exports"}],
    )
    assert tree.read("/etc/exports") == "/srv 10.0.0.5(rw,root_squash)\n"
    assert tree.read("/run/told") == "-ra\n"
    assert _undo(tree) == ["back"]
    assert tree.read("/run/told") == "-ra\n-ra\n"
