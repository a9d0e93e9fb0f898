"""Rights by rule: what all write, what root runs, homes and dot files; nobody leads a fix or its undo elsewhere."""

from __future__ import annotations

import base64
import os
import struct
from typing import Any

import pytest

from playbooks.fix.rights_tree import DOTS, HOMES, ODD, PROGRAMS, WRITABLE, folder, lay, needs_root, stands
from playbooks.fix.root import PASSWD, Root, words
from rempart_fix import acl


def once(root: Root, fix: dict[str, Any]) -> list[str]:
    """Do a fix that changes what check mode says, and nothing when it is done again; return its targets."""
    (foretold,) = root.fix(fix, check_mode=True)
    (done,) = root.fix(fix)
    assert not done["failed"], done["why"]
    assert (done["acts"], done["diff"]) == (foretold["acts"], foretold["diff"])
    (again,) = root.fix(fix)
    assert again["acts"] == []
    return [act["target"] for act in done["acts"]]


@needs_root
def test_what_all_write_is_closed_and_comes_back(root: Root) -> None:
    lay(root, "/srv/open", 0o666)
    lay(root, ODD, 0o4777)
    lay(root, "/srv/accepted", 0o666)
    lay(root, "/srv/fine", 0o664)
    folder(root, "/srv/system", 0o777)
    folder(root, "/srv/sticky", 0o1777)
    folder(root, "/srv/anns", 0o1777, 1000)
    os.mkfifo(root.path("/srv/pipe"), 0o666)
    root.path("/srv/pipe").chmod(0o666)
    root.path("/srv/link").symlink_to("/etc/passwd")
    before = root.stand()
    fix = {"check": "FIL-02", "rights": {"rule": "world_writable", "accepted": ["/srv/accepted"]}}
    assert once(root, fix) == ["/srv/anns", "/srv/odd\\xff\\n", "/srv/open", "/srv/system"]
    assert stands(root.path("/srv/open"))[0] == 0o664
    assert stands(root.path(ODD))[0] == 0o4775
    assert stands(root.path("/srv/system"))[0] == 0o1777
    assert stands(root.path("/srv/anns")) == (0o1775, 1000, 1000)
    assert words(root.undo(dry=True)) == words(root.undo())
    assert root.stand() == before


@needs_root
def test_root_alone_may_be_asked_to_own_what_all_write(root: Root) -> None:
    folder(root, "/srv/games", 0o1777, 5)
    assert once(root, WRITABLE) == []
    strict = {"check": "FIL-02", "rights": {"rule": "world_writable", "owner_most": 0}}
    assert once(root, strict) == ["/srv/games"]


@needs_root
def test_programs_are_roots_and_those_that_give_rights_keep_them(root: Root) -> None:
    lay(root, "/usr/bin/tool", 0o775, 1000)
    lay(root, "/usr/bin/gives", 0o6775, 1000)
    lay(root, "/usr/bin/private", 0o750, 1000)
    able = lay(root, "/usr/bin/able", 0o775, 1000)
    os.setxattr(able, "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0))
    folder(root, "/usr/local/lib/ours", 0o2775, 1000)
    lay(root, "/opt/tool", 0o775, 1000)
    lay(root, "/usr/share/doc", 0o777, 1000)
    before = root.stand()
    left = {
        "check": "FIL-04",
        "rights": {"rule": "system_programs", "accepted": ["/usr/bin/tool", "/usr/local/lib/ours"]},
    }
    assert [act["target"] for act in root.fix(left, check_mode=True)[0]["acts"]] == ["/usr/bin/able", "/usr/bin/gives"]
    assert once(root, PROGRAMS) == ["/usr/bin/able", "/usr/bin/gives", "/usr/bin/tool", "/usr/local/lib/ours"]
    assert stands(root.path("/usr/bin/tool")) == (0o755, 0, 0)
    assert stands(root.path("/usr/bin/gives")) == (0o6755, 1000, 1000)
    assert stands(able) == (0o755, 1000, 1000)  # what it may do is its owner's and group's to run
    assert stands(root.path("/usr/local/lib/ours")) == (0o2755, 0, 0)  # a folder gives no rights
    assert stands(root.path("/usr/bin/private")) == (0o750, 1000, 1000)  # its owner could not run it any more
    root.undo()
    assert root.stand() == before


@needs_root
def test_an_access_list_that_lets_others_write_comes_back_byte_for_byte(root: Root) -> None:
    none = 2**32 - 1
    file = lay(root, "/usr/bin/tool", 0o755)
    entries = [(1, 7, none), (2, 6, 1000), (2, 4, 1001), (4, 5, none), (16, 7, none), (32, 5, none)]
    os.setxattr(file, acl.NAMES[0], base64.b64decode(acl.write(entries)))
    before = os.getxattr(file, acl.NAMES[0]), stands(file)
    assert once(root, PROGRAMS) == ["/usr/bin/tool"]
    left = acl.read(base64.b64encode(os.getxattr(file, acl.NAMES[0])).decode())
    assert [one[2] for one in left if one[0] == 2] == [1001]
    root.undo()
    assert (os.getxattr(file, acl.NAMES[0]), stands(file)) == before


@needs_root
def test_a_change_of_owner_and_its_undo_leave_capabilities(root: Root) -> None:
    """Chown takes them away (capabilities(7)): what the record holds is set again."""
    file = lay(root, "/srv/tool", 0o755, 1000)
    os.setxattr(file, "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0))
    before = os.getxattr(file, "security.capability")
    root.fix({"check": "AAA-01", "modes": [{"path": "/srv/tool", "owner": "root"}]})
    assert (stands(file)[1], os.getxattr(file, "security.capability")) == (0, before)
    root.undo()
    assert (stands(file)[1], os.getxattr(file, "security.capability")) == (1000, before)


@needs_root
def test_a_home_is_its_persons_and_first_groups(root: Root) -> None:
    home = folder(root, "/home/ann", 0o2777)
    root.path("/home").chmod(0o755)
    assert once(root, HOMES) == ["/home/ann"]
    assert stands(home) == (0o750, 1000, 1000)
    assert words(root.undo()) == [("/home/ann", "back")]
    assert stands(home) == (0o2777, 0, 0)


@needs_root
def test_a_group_that_comes_to_a_home_gets_no_more_than_all_have(root: Root) -> None:
    home = folder(root, "/home/ann", 0o770, 1000)
    os.chown(home, 1000, 42)
    assert once(root, HOMES) == ["/home/ann"]
    assert stands(home) == (0o700, 1000, 1000)


@needs_root
@pytest.mark.parametrize(
    "lines",
    [
        "bob:x:1001:1001::/home/ann:/bin/sh\n",  # two have it
        "bob:x:1001:1001::/home/ann/bob:/bin/sh\n",  # another's lies in it: it would be in ann's hands
    ],
)
def test_a_home_that_is_not_one_persons_alone_is_left(root: Root, lines: str) -> None:
    folder(root, "/home/ann", 0o777)
    root.write("/etc/passwd", PASSWD + lines)
    assert once(root, HOMES) == []


@needs_root
@pytest.mark.parametrize(
    "home", ["/var/lib", "/etc/ann", "/srv", "/gone/ann", "/open/ann", "/led/ann", "/home/../etc/x"]
)
def test_no_folder_is_given_that_may_be_anything_else_than_a_home(root: Root, home: str) -> None:
    """Of the system, at the top, missing, in a folder in which others write, behind a link that others laid."""
    for path in ("/var/lib", "/etc/ann", "/srv", "/open/ann", "/real/ann", "/etc/x"):
        folder(root, path, 0o777)
    root.path("/open").chmod(0o777)
    root.path("/led").symlink_to("/real")
    os.chown(root.path("/led"), 1000, 1000, follow_symlinks=False)
    root.write("/etc/passwd", f"root:x:0:0::/root:/bin/sh\nann:x:1000:1000::{home}:/bin/sh\n")
    assert once(root, HOMES) == []


@needs_root
def test_roots_own_link_leads_to_a_home(root: Root) -> None:
    folder(root, "/data/ann", 0o755)
    root.path("/data").chmod(0o755)
    root.path("/home").symlink_to("/data")
    assert once(root, HOMES) == ["/data/ann"]


@needs_root
def test_accounts_without_a_shell_and_accepted_ones_keep_their_homes(root: Root) -> None:
    folder(root, "/home/ann", 0o777)
    accepted = {"check": "PRV-06", "rights": {"rule": "homes", "mode": "0750", "accepted": ["ann"]}}
    assert once(root, accepted) == []
    root.write("/etc/passwd", PASSWD.replace("/home/ann:/bin/sh", "/home/ann:/usr/sbin/nologin"))
    assert once(root, HOMES) == []


@needs_root
def test_dot_files_are_their_persons_and_closed(root: Root) -> None:
    folder(root, "/home/ann", 0o700, 1000)
    own = lay(root, "/home/ann/.bashrc", 0o666, 0)
    history = lay(root, "/home/ann/.bash_history", 0o660, 1000)
    roots = lay(root, "/root/.bashrc", 0o664, 1000)
    before = root.stand()
    assert once(root, DOTS) == ["/home/ann/.bash_history", "/home/ann/.bashrc", "/root/.bashrc"]
    assert stands(own) == (0o640, 1000, 1000)
    assert stands(history) == (0o600, 1000, 1000)
    assert stands(roots) == (0o640, 0, 0)
    root.undo()
    assert root.stand() == before


@needs_root
def test_nobody_is_given_what_they_moved_there(root: Root) -> None:
    """A file of root that its person can't read, and one that has another name elsewhere."""
    folder(root, "/home/ann", 0o700, 1000)
    secret = lay(root, "/home/ann/.bashrc", 0o600)
    assert once(root, DOTS) == []
    assert stands(secret) == (0o600, 0, 0)
    secret.unlink()
    lay(root, "/etc/important", 0o644)
    os.link(root.path("/etc/important"), secret)
    once(root, DOTS)
    assert stands(root.path("/etc/important"))[1:] == (0, 0)
    secret.unlink()
    secret.symlink_to("/etc/important")
    assert once(root, DOTS) == []
