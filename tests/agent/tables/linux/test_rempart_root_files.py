"""Tables rempart_root_files and rempart_set_id: what makes root by the configuration, and set-uid programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import lay

from rempart_agent.source.contract import Constraint, Query
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_root_files, rempart_set_id
from rempart_agent.targets.root import RootTarget


def roles(root: Path) -> dict[str, str]:
    rows = rempart_root_files.rows(RootTarget(str(root)), Query())
    return {str(row["path"]): str(row["role"]) for row in rows}


def test_what_the_configuration_names(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "/etc/passwd": "root:x:0:0::/root:/bin/sh\n",
            "/etc/group": "root:x:0:\n",
            "/etc/sudoers": "@include /srv/sudo/rules\n@includedir /etc/sudoers.d\n",
            "/srv/sudo/rules": "%x ALL=(ALL) ALL\n",
            "/etc/sudoers.d/.hidden~": "",
            "/etc/ssh/sshd_config": "Include /srv/ssh/*.conf\nHostKey /srv/ssh/key\n"
            "AuthorizedKeysFile /srv/keys/%u keys\n",
            "/srv/ssh/a.conf": "AuthorizedKeysCommand /opt/keys --user %u\nAuthorizedKeysCommandUser nobody\n",
            "/usr/sbin/sshd": "\0OpenSSH_10.0p2 Debian-7\0",
            "/usr/lib/systemd/system/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd -D\n"
            "[Install]\nWantedBy=multi-user.target\n",
            "/etc/pam.d/sshd": "auth required /opt/pam/mine.so\nauth optional pam_exec.so quiet /opt/pam/told\n",
            "/etc/crontab": "* * * * * root /opt/cron/run --all\n* * * * * alice /home/alice/own\n",
            "/etc/systemd/system/app.service": "[Service]\n"
            "ExecStartPre=/bin/sh -e /opt/app/pre\nExecStart=-/opt/app/run\n",
            "/etc/systemd/system/app.service.d/more.conf": "[Service]\nNice=1\n",
            "/etc/systemd/system/plain.service": "[Service]\nUser=alice\nExecStart=/home/alice/serve\n",
            "/etc/ld.so.conf": "include ld.so.conf.d/*.conf\n/opt/direct\n",
            "/etc/ld.so.conf.d/a.conf": "# x\n/opt/lib\n",
            "/etc/profile.d/a.sh": "",
        },
    )
    (tmp_path / "etc/systemd/system/multi-user.target.wants").mkdir()
    (tmp_path / "etc/systemd/system/multi-user.target.wants/ssh.service").symlink_to(
        "/usr/lib/systemd/system/ssh.service"
    )
    found = roles(tmp_path)
    for path, role in {
        "/srv/sudo/rules": "sudo",
        "/etc/sudoers.d/.hidden~": "sudo",
        "/srv/ssh/a.conf": "sshd",
        "/srv/ssh/key": "sshd hostkey",
        "/srv/keys/root": "sshd authorizedkeysfile",
        "/root/keys": "sshd authorizedkeysfile",
        "/opt/keys": "sshd authorizedkeyscommand",
        "/opt/pam/mine.so": "pam module",
        "/opt/pam/told": "pam program",
        "/opt/cron/run": "cron program",
        "/opt/app/run": "unit program",
        "/opt/app/pre": "unit script",
        "/etc/systemd/system/app.service.d/more.conf": "init",
        "/opt/direct": "linker",
        "/opt/lib": "linker",
        "/etc/profile.d/a.sh": "profile",
        "/etc/shadow": "accounts",
    }.items():
        assert found.get(path) == role, path
    assert "/home/alice/own" not in found
    assert "/home/alice/serve" not in found


def test_a_root_without_any_configuration_names_the_usual_files(tmp_path: Path) -> None:
    assert roles(tmp_path)["/etc/sudoers"] == "sudo"


def search(root: Path, folders: str) -> list[dict[str, Any]]:
    query = Query(frozenset(), (Constraint("folders", "=", (folders,)),))
    return [dict(row) for row in rempart_set_id.rows(RootTarget(str(root)), query)]


def test_set_id_programs_of_folders_each_once_and_no_links(tmp_path: Path) -> None:
    lay(tmp_path, {"/usr/bin/at": "x", "/usr/local/lib/deep/tool": "x", "/opt/su": "x"})
    for path in ("usr/bin/at", "usr/local/lib/deep/tool", "opt/su"):
        (tmp_path / path).chmod(0o4755)
    (tmp_path / "usr/bin/atq").symlink_to("at")
    (tmp_path / "bin").symlink_to("usr/bin")
    rows = search(tmp_path, "/bin:/usr/bin:/usr/local:/usr/local/lib:/nothing")
    assert sorted(row["path"] for row in rows if row["kind"] == "set_id") == ["/usr/bin/at", "/usr/local/lib/deep/tool"]
    assert [row["path"] for row in rows if row["kind"] == "witness"] == ["/usr/bin", "/usr/local"]
    assert {row["folders"] for row in rows} == {"/bin:/usr/bin:/usr/local:/usr/local/lib:/nothing"}


def test_a_proc_that_is_mounted_below_is_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"/tmp/jail/proc/1/root/su": "x", "/tmp/jail/su": "x"})
    for path in tmp_path.rglob("su"):
        path.chmod(0o4755)
    here = str(tmp_path.resolve())
    with (tmp_path / "tmp/jail/su").open("rb") as file:
        number = re.findall(r"mnt_id:\s*(\d+)", Path(f"/proc/self/fdinfo/{file.fileno()}").read_text())[0]
    mounts = f"{number} 0 254:0 / / rw - ext4 /dev/vda rw\n0 {number} 0:9 / {here}/tmp/jail/proc rw - proc proc rw\n"
    monkeypatch.setattr(Target, "mountinfo", lambda _: mounts)
    found = {row["path"] for row in search(tmp_path, "/tmp:/usr/bin") if row["kind"] == "set_id"}
    assert found == {"/tmp/jail/su"}
