"""What sudoers says as it is written; the answers are those of ``visudo -c`` and ``cvtsudoers -f json`` (1.9.16)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from rempart_agent.models.sudo import parser, written

TEXT = """\
Defaults\tenv_reset, use_pty
Defaults:alice,%ops !use_pty
Defaults@web1 logfile=/var/log/sudo.log
Defaults!/usr/bin/less noexec
Defaults logfile="/var/log/sudo.log", timestamp_timeout=5, umask=0077
Defaults !targetpw, !logfile
User_Alias EVERY = ALL, !bob
Cmnd_Alias SAFE = /usr/bin/id "", /usr/bin/who -a, !/usr/bin/passwd
Cmnd_Alias MORE = SAFE, /usr/sbin/reboot
Runas_Alias OPER = operator, root
EVERY ALL = (OPER) NOPASSWD: MORE, !SAFE
%ops web1 = sudoedit /etc/motd
carol ALL = (:adm) /bin/ls
"""


def _policy(text: str) -> parser.Policy:
    return parser.parse("/etc/sudoers", {"/etc/sudoers": text}.get, lambda _: [])


def test_settings_say_for_whom_they_hold_and_what_sudo_makes_of_them() -> None:
    found = [(s.name, s.scope, s.members, s.state, s.value) for s in written.settings(_policy(TEXT))]
    assert found == [
        ("env_reset", "", "", "on", None),
        ("use_pty", "", "", "on", None),
        ("use_pty", ":", "alice, %ops", "off", None),
        ("logfile", "@", "web1", "value", "/var/log/sudo.log"),
        ("noexec", "!", "/usr/bin/less", "on", None),
        ("logfile", "", "", "value", "/var/log/sudo.log"),
        ("timestamp_timeout", "", "", "value", "5"),
        ("umask", "", "", "value", "0077"),
        ("targetpw", "", "", "off", None),
        ("logfile", "", "", "off", None),
    ]


@pytest.mark.parametrize(
    "setting",
    [
        "use_pty=yes",
        "logfile=sudo.log",
        "logfile",
        "timestamp_timeout=x",
        "timestamp_timeout",
        "umask=88",
        "umask=1777",
    ],
)
def test_what_sudo_warns_of_is_ignored(setting: str, tmp_path: Path) -> None:
    assert [s.state for s in written.settings(_policy(f"Defaults {setting}\n"))] == ["ignored"]
    if shutil.which("visudo"):
        (tmp_path / "sudoers").write_text(f"Defaults {setting}\nroot ALL=(ALL) ALL\n")
        said = subprocess.run(["visudo", "-cf", tmp_path / "sudoers"], capture_output=True, text=True, check=False)
        assert said.stderr.strip()


def test_what_is_not_known_here_is_said() -> None:
    (setting,) = written.settings(_policy("Defaults secure_path=/usr/bin\n"))
    assert setting.state == "unknown"


def test_commands_come_out_of_their_aliases() -> None:
    found = [
        (c.users, c.runas, c.command, c.arguments, c.any_arguments, c.negated) for c in written.commands(_policy(TEXT))
    ]
    assert found == [
        ("ALL, !bob", "operator, root", "/usr/bin/id", "", 0, 0),
        ("ALL, !bob", "operator, root", "/usr/bin/who", "-a", 0, 0),
        ("ALL, !bob", "operator, root", "/usr/bin/passwd", "", 1, 1),
        ("ALL, !bob", "operator, root", "/usr/sbin/reboot", "", 1, 0),
        ("ALL, !bob", "operator, root", "/usr/bin/id", "", 0, 1),
        ("ALL, !bob", "operator, root", "/usr/bin/who", "-a", 0, 1),
        ("ALL, !bob", "operator, root", "/usr/bin/passwd", "", 1, 0),
        ("%ops", "", "sudoedit", "/etc/motd", 0, 0),
        ("carol", "MYSELF", "/bin/ls", "", 1, 0),
    ]


def test_lines_that_sudo_refuses_are_unknown() -> None:
    policy = _policy("Defaults use_pty,,\nalice ALL = bin/ls\n")
    assert [(s.name, s.state, bool(s.why)) for s in written.settings(policy)][-2:] == [("", "unknown", True)] * 2
    assert [(c.command, bool(c.why)) for c in written.commands(policy)] == [("", True)] * 2


def test_aliases_that_name_one_another_end() -> None:
    policy = _policy("Cmnd_Alias A = B, /bin/a\nCmnd_Alias B = A\nalice ALL = A\n")
    assert {c.command for c in written.commands(policy)} == {"A", "/bin/a"}


def test_aliases_that_multiply_are_bounded() -> None:
    lines = ["Cmnd_Alias A0 = " + ", ".join(f"/bin/x{n}" for n in range(20))]
    lines += [f"Cmnd_Alias A{n} = " + ", ".join([f"A{n - 1}"] * 20) for n in range(1, 8)]
    found = list(written.commands(_policy("\n".join([*lines, "alice ALL = A7\n"]))))
    assert found[-1].why == "too many commands"


@pytest.mark.skipif(not shutil.which("cvtsudoers"), reason="needs cvtsudoers")
def test_settings_are_those_of_cvtsudoers(tmp_path: Path) -> None:
    (tmp_path / "sudoers").write_text(TEXT)
    said = subprocess.run(["cvtsudoers", "-f", "json", tmp_path / "sudoers"], capture_output=True, check=True).stdout
    theirs = [
        (name, ("on" if value else "off") if isinstance(value, bool) else value, len(each.get("Binding", [])))
        for each in json.loads(said)["Defaults"]
        for option in each["Options"]
        for name, value in option.items()
    ]
    ours = [
        (s.name, s.value if s.value is not None else s.state, len(s.members.split(", ")) if s.members else 0)
        for s in written.settings(_policy(TEXT))
    ]
    assert ours == theirs
