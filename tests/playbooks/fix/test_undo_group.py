"""A rollback leaves a group that a file which stays still names: who comes in by it would be shut out."""

from __future__ import annotations

import pytest

from playbooks.fix.root import Root, words

PATH = "/etc/ssh/sshd_config.d/00-rempart-rmt-03.conf"
MEMBER = "group[ssh-users].members anna"
FIX = {
    "check": "RMT-03",
    "accounts": [{"group": "ssh-users", "make": True, "system": True}, {"name": "anna", "member_of": "ssh-users"}],
    "files": [{"path": PATH, "content": "AllowGroups ssh-users\n"}],
}


@pytest.fixture(autouse=True)
def accounts(root: Root) -> None:
    root.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n")
    root.write("/etc/shadow", "root:*:1::::::\nanna:*:1::::::\n")
    root.write("/etc/group", "root:x:0:\nanna:x:1000:\n")
    root.write("/etc/gshadow", "root:*::\nanna:!::\n")


def test_a_group_that_a_file_of_ours_still_names_stays_with_its_members(root: Root) -> None:
    (report,) = root.fix(FIX)
    assert not report["failed"]
    root.write(PATH, "AllowGroups ssh-users\n# and the night shift\n")
    foretold, done = (words(root.undo(dry=dry)) for dry in (True, False))
    assert foretold == done  # of the folders too
    found = dict(done)
    assert found.pop(PATH) == "moved"
    assert set(found.values()) == {"stays"}
    assert "ssh-users:x:999:anna" in root.path("/etc/group").read_text()
    root.path(PATH).unlink()  # by hand, as was said
    assert dict(words(root.undo()))[MEMBER] == "back"
    assert "anna" not in root.path("/etc/group").read_text().splitlines()[-1]


def test_who_was_put_into_a_group_that_no_file_names_any_more_is_taken_out(root: Root) -> None:
    root.fix(FIX)
    root.write(PATH, "AllowGroups staff\n")
    found = dict(words(root.undo()))
    assert [found[PATH], found[MEMBER]] == ["moved", "back"]
