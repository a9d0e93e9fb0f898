"""A fix of PAM is tried before it is kept: logins and new passwords, by PAM itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.acts_tree import Tree, make_tree

from rempart_controller.remediation.ansible.shown_difference import redact
from rempart_fix import change
from rempart_fix.pam_trial import NAME, try_pam

_QUALITY = (
    "password requisite pam_pwquality.so retry=3\n"
    "password [success=1 default=ignore] pam_unix.so obscure use_authtok yescrypt\n"
)
_REST = "password requisite pam_deny.so\npassword required pam_permit.so\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("pam")) as made:
        # the dictionary that cracklib-runtime makes, of one word
        made.run("mkdir -p /var/cache/cracklib; printf 'minlen = 12\\ndictcheck = 0\\n' > /etc/security/pwquality.conf")
        yield made


def _etc(tree: Tree) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in tree.path("/etc").rglob("*") if path.is_file()}


def test_a_sound_stack_is_tried_and_nothing_is_left_of_it(tree: Tree) -> None:
    tree.path("/etc/pam.d/common-password").write_text(_QUALITY + _REST)
    before, mounts = _etc(tree), Path("/proc/self/mountinfo").read_text()
    assert try_pam(tree.place, "login") == ("", "")
    assert try_pam(tree.place, "passwords") == ("", "")
    assert _etc(tree) == before
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert not list(tree.path("/mnt").iterdir())
    assert NAME not in tree.read("/etc/shadow")


@pytest.mark.parametrize(
    ("path", "text", "what", "word"),
    [
        ("common-auth", "auth requisite pam_deny.so\n", "login", "refuses the right password"),
        ("common-auth", "auth sufficient pam_permit.so\n", "login", "accepts a wrong password"),
        ("common-password", _REST, "passwords", "refuses even a strong new password"),
        (
            "common-password",
            "password [success=1 default=ignore] pam_unix.so yescrypt\n" + _REST,
            "passwords",
            "a weak word is accepted as a password",
        ),
    ],
)
def test_a_stack_that_locks_out_or_lets_in_is_said(tree: Tree, path: str, text: str, what: str, word: str) -> None:
    tree.path(f"/etc/pam.d/{path}").write_text(text)
    said = try_pam(tree.place, what)
    assert word in said[0]
    assert [redact(f"trial of PAM: {one}") for one in said] == [
        f"trial of PAM: {one}" for one in said
    ]  # people read it


def test_an_old_password_is_refused_where_they_are_remembered(tree: Tree) -> None:
    tree.path("/etc/security/opasswd").write_text("")
    history = "password requisite pam_pwhistory.so remember=5 use_authtok\n"
    at = _QUALITY.index("password [")
    tree.path("/etc/pam.d/common-password").write_text(_QUALITY[:at] + history + _QUALITY[at:] + _REST)
    before = _etc(tree)
    assert try_pam(tree.place, "history") == ("", "")
    assert _etc(tree) == before
    tree.path("/etc/pam.d/common-password").write_text(_QUALITY + _REST)
    assert try_pam(tree.place, "history")[0] == "PAM takes again an old password"


def test_a_password_is_made_that_the_strictest_rules_take(tree: Tree) -> None:
    rules = "minlen = 20\nminclass = 4\nmaxrepeat = 1\nmaxsequence = 2\nmaxclassrepeat = 1\ndifok = 8\ndictcheck = 0\n"
    tree.path("/etc/security/pwquality.conf").write_text(rules)
    tree.path("/etc/pam.d/common-password").write_text(_QUALITY + _REST)
    assert try_pam(tree.place, "passwords") == ("", "")


def test_a_fix_that_fails_its_trial_takes_back_its_acts(tree: Tree) -> None:
    before = _etc(tree)
    fix: dict[str, Any] = {
        "check": "ACC-05",
        "lines": [{"path": "/etc/pam.d/common-auth", "line": "auth requisite pam_deny.so", "before": "BOF"}],
        "effects": [{"try": "login"}],
    }
    (report,) = change.fix(tree.place, [fix])["fixes"]
    assert "refuses the right password" in report["why"][0]
    assert [row["word"] for row in report["back"]] == ["back"]
    assert _etc(tree) == before
    assert os.getuid() == 0
