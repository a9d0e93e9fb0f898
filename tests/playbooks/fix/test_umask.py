"""New files are closed: open masks become ours where they stand, stricter ones stay, and an undo gives all back."""

from __future__ import annotations

import subprocess

import pytest

from playbooks.fix.root import Root, words
from rempart_fix.resolve.umask import choose, put_mask, sets_mask, take_open

ACCEPTED = ["027", "077"]
FIX = {"check": "ACC-16", "umask": {"masks": ACCEPTED}}


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("umask 022", "umask 027"),
        ("  umask 0002 # why", "  umask 027 # why"),
        ("umask 22;", "umask 027;"),
        ("if true; then umask 2; fi", "if true; then umask 027; fi"),
        ("{ umask 000;}", "{ umask 027;}"),
        ("umask -S 022", "umask -S 027"),
        ("[ $UID -gt 199 ] && umask 002 || umask 022", "[ $UID -gt 199 ] && umask 027 || umask 027"),
        ("umask 077", "umask 077"),
        ("umask 0027", "umask 0027"),
        ("umask", "umask"),
        ("umask u=rwx,g=rx,o=", "umask u=rwx,g=rx,o="),
        ("umask $MASK", "umask $MASK"),
        ("myumask 022", "myumask 022"),
        ("# umask 022", "# umask 022"),
    ],
)
def test_open_masks_become_ours_and_the_line_stays_a_command(line: str, left: str) -> None:
    spec = {"accepted": ACCEPTED, "mask": "027"}
    done = take_open([line + "\n"], spec)
    assert done == [left + "\n"]
    assert take_open(done, spec) == done
    assert subprocess.run(["bash", "-n"], input=done[0], text=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("accepted", "texts", "mask"),
    [
        (["037", "027"], [], "027"),
        (["177", "077"], [], "177"),
        (ACCEPTED, ["umask 022\n# umask 077\n"], "027"),
        (ACCEPTED, ["umask 077\n"], "077"),  # 027 would open what is closed today
        (
            ["027", "037", "067"],
            ["umask 037\n", "if true; then umask 067; fi\n"],
            "027",
        ),  # none closes both: the usual one
        (["027", "037", "077"], ["umask 037\n"], "037"),
    ],
)
def test_a_mask_opens_nothing_that_is_closed(accepted: list[str], texts: list[str], mask: str) -> None:
    assert choose(accepted, texts) == mask


def test_a_mask_under_a_condition_is_none_that_a_file_sets() -> None:
    assert sets_mask(["umask 077 # ours\n"], ACCEPTED)
    assert not sets_mask(["if true; then umask 077; fi\n", "  umask 077\n", "umask 022\n"], ACCEPTED)
    spec = {"accepted": ACCEPTED, "mask": "027", "check": "ACC-16"}
    done = put_mask(["  umask 077"], spec)
    assert done == ["  umask 077\n", "umask 027 # Rempart, ACC-16\n"]
    assert put_mask(done, spec) == done


def test_what_others_wrote_since_stays_at_the_undo(root: Root) -> None:
    root.write("/etc/profile", "PATH=/bin\nif true; then umask 022; fi\n")
    root.write("/etc/profile.d/bad.sh", "umask 002\n")
    root.write("/etc/bash.bashrc", "PS1=x\n")
    root.write("/root/.bashrc", "umask 022\n")
    root.write("/etc/login.defs", "UMASK\t\t022\nUID_MIN 1000\n")
    root.write("/etc/pam.d/sshd", "session optional pam_umask.so umask=0022 silent\n")
    root.write("/etc/csh.cshrc", "umask 022\n")
    before = root.stand()
    foretold = root.fix(FIX, check_mode=True)[0]["acts"]
    (done,) = root.fix(FIX)
    assert not done["failed"]
    assert done["acts"] == foretold
    assert root.read("/etc/profile.d/00-rempart-acc-16.sh") == "# Rempart, ACC-16\numask 027\n"
    assert root.read("/etc/profile") == "PATH=/bin\nif true; then umask 027; fi\n"
    assert root.read("/etc/profile.d/bad.sh") == root.read("/root/.bashrc") == "umask 027\n"
    assert root.read("/etc/bash.bashrc") == "PS1=x\numask 027 # Rempart, ACC-16\n"
    assert root.read("/etc/login.defs") == "UMASK\t\t027\nUID_MIN 1000\n"
    assert root.read("/etc/pam.d/sshd") == "session optional pam_umask.so umask=027 silent\n"
    assert root.read("/etc/csh.cshrc") == "umask 022\n"  # it was not asked for
    assert root.fix(FIX, check_mode=True)[0]["acts"] == []
    root.write("/etc/bash.bashrc", "PS1=y\numask 027 # Rempart, ACC-16\n")
    assert {word for _, word in words(root.undo())} == {"back"}
    assert root.read("/etc/bash.bashrc") == "PS1=y\n"
    root.write("/etc/bash.bashrc", "PS1=x\n")
    assert root.stand() == before


def test_a_stricter_mask_stays_everywhere(root: Root) -> None:
    root.write("/etc/profile", "umask 077\n")
    root.write("/etc/bash.bashrc", "PS1=x\n")
    root.write("/etc/login.defs", "UMASK 077\n")
    root.write("/etc/csh.cshrc", "set x\n")
    (done,) = root.fix({"check": "ACC-16", "umask": {"masks": ACCEPTED, "csh": True}})
    assert not done["failed"]
    assert not root.path("/etc/profile.d/00-rempart-acc-16.sh").exists()
    assert root.read("/etc/profile") == "umask 077\n"
    assert root.read("/etc/bash.bashrc") == "PS1=x\numask 077 # Rempart, ACC-16\n"
    assert root.read("/etc/csh.cshrc") == "set x\numask 077 # Rempart, ACC-16\n"
