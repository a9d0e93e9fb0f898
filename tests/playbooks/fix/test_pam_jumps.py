"""Rules of PAM that pass over others by their number: no line of ours comes or goes where they would lead elsewhere."""

from __future__ import annotations

import pytest

from playbooks.fix.root import Root, words
from rempart_fix.resolve.pam_jumps import find_broken
from rempart_fix.texts import split

ROOT = "auth sufficient pam_rootok.so\n"
OPS = "auth [success=1 default=ignore] pam_succeed_if.so quiet use_uid user ingroup ops\n"
WHEEL = "auth required pam_wheel.so\n"
OURS = "auth required pam_wheel.so use_uid group=sugroup\n"
REST = "auth substack common-auth\naccount include common-account\n"


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        (ROOT + OPS + WHEEL + REST, ROOT + OURS + OPS + REST, True),  # whoever is in ops would pass the password
        (ROOT + OPS + WHEEL + REST, ROOT + OURS + OPS + WHEEL + REST, False),
        (ROOT + OPS + WHEEL + REST, ROOT + OPS + OURS + REST, False),  # another argument alone
        (OPS + "account required pam_unix.so\n" + WHEEL, OPS + WHEEL, False),  # of another type
        (OPS + "# a word\n" + WHEEL + REST, OPS + WHEEL + REST, False),
        (
            OPS.replace("=1", "=3") + WHEEL + "@include common-auth\n" + ROOT,
            OPS.replace("=1", "=3") + WHEEL + ROOT,
            True,
        ),
        # how many rules an include stands for is not known: one that comes far behind may be where the jump leads
        (
            OPS.replace("=1", "=4") + "@include common-auth\n",
            OPS.replace("=1", "=4") + "@include common-auth\n" + OURS,
            True,
        ),
        (OPS.replace("=1", "=bad") + WHEEL + REST, OPS.replace("=1", "=bad") + REST, False),
        (ROOT + "auth required pam_wheel.so \\\n group=staff\n", ROOT + " group=staff\n", True),  # half a rule
        (ROOT + "something strange\n", "something strange\n", False),
        (ROOT + WHEEL, ROOT, False),
    ],
)
def test_what_would_mean_something_else_is_found(old: str, new: str, broken: bool) -> None:
    assert bool(find_broken(split(old.encode()), split(new.encode()))) is broken


def fix(*lines: dict[str, object]) -> dict[str, object]:
    return {"check": "AAA-01", "lines": [{"path": "/etc/pam.d/su", **one} for one in lines]}


def test_a_fix_that_would_move_a_jump_is_refused(root: Root) -> None:
    root.write("/etc/pam.d/su", ROOT + OPS + WHEEL + REST)
    before = root.stand()
    for check_mode in (True, False):
        (done,) = root.fix(fix({"match": "pam_wheel", "absent": True}), check_mode=check_mode)
        assert "pam_succeed_if.so" in done["why"][0]
    assert root.stand() == before


def test_a_rollback_leaves_a_line_over_which_others_jump_by_now(root: Root) -> None:
    root.write("/etc/pam.d/su", ROOT + REST)
    root.fix(fix({"line": OURS.strip(), "after": "pam_rootok"}))
    edited = ROOT + OPS + OURS + REST
    root.write("/etc/pam.d/su", edited)
    assert words(root.undo(dry=True)) == [("/etc/pam.d/su", "moved")]
    assert words(root.undo()) == [("/etc/pam.d/su", "moved")]
    assert root.path("/etc/pam.d/su").read_text() == edited
    assert words(root.undo(force=True)) == [("/etc/pam.d/su", "back")]
    assert root.path("/etc/pam.d/su").read_text() == ROOT + OPS + REST
