"""Idle shells end: looser settings of others go out of their lines, stricter ones stay, and an undo gives all back."""

from __future__ import annotations

import subprocess

import pytest

from playbooks.fix.root import Root, words
from rempart_fix.resolve.idle_shells import put_block, take_looser

FIX = {"check": "IDL-01", "idle_shells": {"most": 900}}


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("TMOUT=0", ":"),
        ("  export TMOUT=7200", "  :"),
        ("readonly TMOUT=600", "readonly TMOUT=600"),
        ('TMOUT="600"', 'TMOUT="600"'),
        ("TMOUT=$OTHER; export TMOUT", ":; export TMOUT"),
        ("if true; then TMOUT=0; fi", "if true; then :; fi"),
        ('[ -n "$DISPLAY" ] && unset TMOUT', '[ -n "$DISPLAY" ] && :'),
        ("unset -v TMOUT; TMOUT=60", ":; TMOUT=60"),
        ("export TMOUT=0 EDITOR=vi", "export  EDITOR=vi"),
        ("export EDITOR=vi TMOUT=0", "export EDITOR=vi "),
        ("TMOUT=0 read answer", " read answer"),
        ("declare -x TMOUT=0 # why", "declare -x TMOUT=0 # why".replace("declare -x TMOUT=0", ":")),
        ("# TMOUT=0", "# TMOUT=0"),
        ("MYTMOUT=0", "MYTMOUT=0"),
        ("echo $TMOUT=0", "echo $TMOUT=0"),
    ],
)
def test_looser_settings_go_and_the_line_stays_a_command(line: str, left: str) -> None:
    lines = [line + "\n"]
    done = take_looser(lines, {"path": "/etc/profile", "most": 900})
    assert done == [left + "\n"]
    assert take_looser(done, {"path": "/etc/profile", "most": 900}) == done
    assert subprocess.run(["bash", "-n"], input=done[0], text=True, check=False).returncode == 0


def test_the_environment_of_pam_knows_no_commands() -> None:
    assert take_looser(["TMOUT=0\n", "A=b\n"], {"path": "/etc/environment", "most": 900}) == ["\n", "A=b\n"]


def test_a_block_is_put_once_and_anew_where_its_time_changed() -> None:
    spec = {"check": "IDL-01", "most": 900}
    done = put_block(["setopt x"], spec)
    assert done[:2] == ["setopt x\n", "# BEGIN Rempart, IDL-01\n"]
    assert put_block([*done, "later\n"], spec) == [*done, "later\n"]
    anew = put_block([*done, "later\n"], spec | {"most": 600})
    assert anew[:2] == ["setopt x\n", "later\n"]
    assert "    TMOUT=600\n" in anew
    assert "    TMOUT=900\n" not in anew


def test_what_others_wrote_since_stays_at_the_undo(root: Root) -> None:
    root.write("/etc/profile", "umask 022\nTMOUT=0\n")
    root.write("/etc/profile.d/bad.sh", "export TMOUT=99999\n")
    root.write("/etc/profile.d/zzz-rempart-idl-02.sh", "TMOUT=900\n")
    root.write("/etc/zsh/zshrc", "setopt x\n")
    before = root.stand()
    assert not root.fix(FIX)[0]["failed"]
    assert root.read("/etc/profile") == "umask 022\n:\n"
    assert root.read("/etc/profile.d/bad.sh") == ":\n"
    assert "readonly TMOUT" in root.read("/etc/profile.d/zzz-rempart-idl-01.sh")
    shell = "for f in etc/profile.d/zzz-rempart-idl-01.sh; do . ./$f; done; echo $TMOUT"
    said = subprocess.run(["bash", "-c", shell], cwd=root.top, capture_output=True, text=True, check=True).stdout
    assert said == "900\n"
    assert root.fix(FIX, check_mode=True)[0]["acts"] == []
    root.write("/etc/profile", "umask 077\n:\nPATH=/x\n")
    answer = root.undo()
    assert {word for _, word in words(answer)} == {"back"}
    assert root.read("/etc/profile") == "umask 077\nTMOUT=0\nPATH=/x\n"
    root.write("/etc/profile", "umask 022\nTMOUT=0\n")
    assert root.stand() == before
