"""Rules about all accounts: who is closed, aged, taken out of a group; who is left; and that each field comes back."""

from __future__ import annotations

from typing import Any

import pytest

from playbooks.fix.root import Root, words
from rempart_fix import change
from rempart_fix.paths import printable
from rempart_fix.resolve import people

_DAY = 86400
TODAY = 20_000
NOW = TODAY * _DAY + 5
HASH = "$6$salt$hash"
PASSWD = (
    "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nben:x:1001:27::/home/ben:/bin/sh\n"
    f"games::5:60::/usr/games:/usr/sbin/nologin\nold:{HASH}:1002:1002::/home/old:/bin/sh\n+nis::::::\n"
)
SHADOW = (
    f"root:{HASH}:19990:0:99999:7:::\nann:{HASH}:15000:0:99999:7:::\nben::19990:0:::::\ngames:*:19990:0:99999:7:::\n"
)
GROUP = "root:x:0:\nsudo:x:27:ann,ben,DOM\\eve\nann:x:1000:\nben:x:1001:\nusers:x:100:\nnopasswdlogin:x:110:ann,games\n"


def make(shadow: str = SHADOW, passwd: str = PASSWD, group: str = GROUP) -> people.Files:
    texts = {"passwd": passwd, "shadow": shadow, "group": group, "gshadow": ""}
    return people.Files(*(people.read_lines(text, file) for file, text in texts.items()))


def tell(rule: str, shadow: str = SHADOW, **spec: Any) -> list[Any]:
    found = people.RULES[rule](make(shadow), spec, NOW)
    return [tuple(one.values()) for one in found]


def test_nobody_is_left_without_a_password() -> None:
    lacking = [("games", True), ("ben", True), ("ann", "nopasswdlogin"), ("games", "nopasswdlogin")]
    assert tell("no_empty_password") == lacking
    assert tell("no_empty_password", but=["ben"]) == [one for one in lacking if one[0] != "ben"]


def test_hashes_that_all_may_read_go_to_shadow() -> None:
    assert tell("hashes_in_shadow") == [("old", True)]


@pytest.mark.parametrize(
    ("last", "most", "set_to"),
    [
        ("15000", "99999", [("lastday", TODAY - 365 + 14), ("max", 365)]),  # would have expired long ago: two weeks
        ("19990", "", [("max", 365)]),
        ("15000", "90", []),  # expired by its own rule already: it is not opened again
        ("19990", "365", []),
        ("0", "99999", [("max", 365)]),  # to be changed at the next login: it stays so
        ("", "365", [("lastday", TODAY)]),
        ("21000", "365", [("lastday", TODAY)]),  # one that lies ahead never ages
    ],
)
def test_passwords_age_and_nobody_is_thrown_out_at_once(last: str, most: str, set_to: list[Any]) -> None:
    shadow = f"ann:{HASH}:{last}:0:{most}:7:::\nlocked:!{HASH}:15000:0:99999:7:::\nnone:*:15000:0:99999:7:::\n"
    assert tell("passwords_age", shadow, days=365) == [("ann", *one) for one in set_to]
    assert tell("passwords_age", shadow, days=365, but=["ann"]) == []


def test_default_accounts_are_closed_to_keys_too() -> None:
    shadow = f"ann:{HASH}:1:0:9:7:::\nold:!{HASH}:1:0:9:7::1:\n"
    names = ["ANN", "old", "nobody"]
    assert tell("close_default", shadow, names=names, keyed=["ann"]) == [
        ("ann", True), ("ann", "expire", 1), ("old", True), ("old", True)
    ]  # fmt: skip
    assert tell("close_default", shadow, names=names, keyed=["ann"], but=["ann"])[0][0] == "old"


@pytest.mark.parametrize(
    ("line", "spec", "closed"),
    [
        (f"ann:{HASH}:15000:0:9:7:::", {}, True),
        (f"ann:{HASH}:15000:0:9:7:::", {"but": ["ann"]}, False),
        (f"ann:{HASH}:15000:0:9:7:::", {"seen": {"ann": NOW - 5 * _DAY}}, False),
        (f"ann:{HASH}:15000:0:9:7:::", {"seen": {"ann": NOW - 100 * _DAY}, "since": 0}, True),
        (f"ann:{HASH}:15000:0:9:7:::", {"since": NOW - 5 * _DAY}, False),  # the records do not reach back far enough
        (f"ann:{HASH}:15000:0:9:7:::", {"since": 0}, False),
        (f"ann:{HASH}:19999:0:9:7:::", {}, False),  # it is young
        (f"ann:!{HASH}:15000:0:9:7:::", {}, False),
        (f"ann:!{HASH}:15000:0:9:7:::", {"keyed": ["ann"]}, True),
        (f"ann:{HASH}:15000:0:9:7::1:", {}, False),
    ],
)
def test_accounts_that_nobody_uses_are_closed(line: str, spec: dict[str, Any], closed: bool) -> None:
    given = {"days": 45, "since": NOW - 90 * _DAY, **spec}
    assert tell("close_unused", line + "\n", **given) == ([("ann", "expire", 1)] if closed else [])


SHELLS = ["/usr/sbin/nologin", "/bin/false"]


@pytest.mark.parametrize(
    ("passwd", "password", "spec", "done"),
    [
        ("daemon:x:1:1::/:/bin/sh", "*", {}, [("daemon", "shell", SHELLS[0])]),
        ("daemon:x:1:1::/:", "*", {}, [("daemon", "shell", SHELLS[0])]),  # none means /bin/sh
        ("ftp:x:109:1::/:/bin/false", HASH, {}, [("ftp", True)]),
        ("ftp:x:109:1::/:/bin/false", "!" + HASH, {}, []),
        ("ftp:x:109:1::/:/bin/false", "", {}, [("ftp", True)]),
        (f"ftp:{HASH}:109:1::/:/bin/false", "*", {}, [("ftp", True)]),  # it goes to shadow, where a lock is
        ("pg:x:110:1::/:/bin/bash", HASH, {"allowed": ["pg"]}, []),
        ("deploy:x:998:1::/:/bin/bash", HASH, {"but": ["deploy"]}, []),
        ("toor:x:0:0::/:/bin/bash", HASH, {}, []),
        ("ann:x:1000:1::/:/bin/bash", HASH, {}, []),
        ("mail1:x:1001:1::/:/usr/sbin/nologin", HASH, {}, [("mail1", True)]),
        ("mail1:x:1001:1::/:/usr/sbin/nologin", HASH, {"but": ["mail1"]}, []),
        ("mail1:x:1001:1::/:/usr/sbin/nologin", "!", {}, []),
    ],
)
def test_accounts_of_the_system_are_closed(passwd: str, password: str, spec: dict[str, Any], done: list[Any]) -> None:
    name = passwd.partition(":")[0]
    files = make(f"{name}:{password}:1:0:9:7:::\n", passwd + "\n")
    given = {"most": 999, "allowed": ["root"], "shells": SHELLS, "usual": ["/bin/bash"], **spec}
    assert [tuple(one.values()) for one in people.close_system(files, given, NOW)] == done


def test_a_hash_in_passwd_is_locked_where_it_goes(root: Root) -> None:
    root.write("/etc/passwd", f"root:x:0:0::/:/bin/sh\nftp:{HASH}:109:1::/:/bin/sh\n")
    root.write("/etc/shadow", "root:!:1::::::\n")
    before = root.stand()
    rule = {"rule": "close_system", "most": 999, "allowed": [], "shells": SHELLS, "usual": ["/bin/sh"], "but": []}
    (done,) = root.fix({"check": "ACC-14", "people": [rule]})
    assert not done["failed"], done["why"]
    assert root.read("/etc/passwd").endswith("ftp:x:109:1::/:/usr/sbin/nologin\n")
    assert f"ftp:!{HASH}:" in root.read("/etc/shadow")
    assert root.fix({"check": "ACC-14", "people": [rule]}, check_mode=True)[0]["acts"] == []
    assert {word for _, word in words(root.undo())} == {"back"}
    root.path("/etc/.pwd.lock").unlink()
    assert root.stand() == before


@pytest.mark.parametrize("name", ["rénée", "sales desk", b"ren\xe9e".decode("utf-8", "surrogateescape")])
def test_one_name_that_no_act_may_hold_leaves_out_that_account_alone(root: Root, name: str) -> None:
    told: list[Any] = []
    place = root.place()
    place.tell = told.append
    strange = f"{name}:x:108:1::/:/bin/sh\n".encode("utf-8", "surrogateescape")
    root.write("/etc/passwd", b"root:x:0:0::/:/bin/sh\n" + strange + b"ftp:x:109:1::/:/bin/sh\n")
    root.write("/etc/shadow", f"root:!:1::::::\nftp:{HASH}:1::::::\n")
    before = root.stand()
    rule = {"rule": "close_system", "most": 999, "allowed": [], "shells": SHELLS, "usual": ["/bin/sh"], "but": []}
    (done,) = change.fix(place, [{"check": "ACC-14", "people": [rule]}], check_mode=False)["fixes"]
    assert not done["failed"], done["why"]
    assert [one["target"] for one in done["acts"]] == ["passwd[ftp].shell", "shadow[ftp].password"]
    assert strange in root.path("/etc/passwd").read_bytes()
    assert f"ftp:!{HASH}:" in root.read("/etc/shadow")
    assert [one for one in told if one[0] == f"left out, by its name: {printable(name)}"]
    assert {word for _, word in words(root.undo())} == {"back"}
    root.path("/etc/.pwd.lock").unlink()
    assert root.stand() == before


def test_a_member_of_a_directory_is_still_taken_out_of_a_group(root: Root) -> None:
    root.write("/etc/passwd", "root:x:0:0::/:/bin/sh\n")
    root.write("/etc/group", "root:x:0:\nsudo:x:27:DOM\\rénée\n")
    (done,) = root.fix({"check": "PRV-01", "people": [{"rule": "administrators", "groups": ["sudo"], "allowed": []}]})
    assert not done["failed"], done["why"]
    assert "sudo:x:27:\n" in root.read("/etc/group")


def test_who_is_no_administrator_leaves_their_groups() -> None:
    left = [("ben", "sudo"), ("DOM\\eve", "sudo"), ("ben", "gid", "ben")]
    assert tell("administrators", groups=["sudo"], allowed=["Ann"]) == left
    assert tell("administrators", groups=["sudo"], allowed=["ann"], but=["ben"]) == [left[1]]


def test_each_field_comes_back_and_what_others_did_stays(root: Root) -> None:
    for file, text in (("passwd", PASSWD), ("shadow", SHADOW), ("group", GROUP)):
        root.write(f"/etc/{file}", text)
    before = root.stand()
    fix = {
        "check": "ACC-01",
        "people": [
            {"rule": "no_empty_password"},
            {"rule": "administrators", "groups": ["sudo"], "allowed": ["ann"]},
            {"rule": "passwords_age", "days": 365, "but": ["root"]},
        ],
    }
    foretold = root.fix(fix, check_mode=True)[0]["acts"]
    (done,) = root.fix(fix)
    assert done["acts"] == foretold
    assert "games:x:" in root.read("/etc/passwd")
    assert "ben:!:" in root.read("/etc/shadow")
    assert "sudo:x:27:ann\n" in root.read("/etc/group")
    assert HASH not in str(done)
    assert root.fix(fix, check_mode=True)[0]["acts"] == []
    root.write("/etc/group", root.read("/etc/group").replace("sudo:x:27:ann", "sudo:x:27:ann,zoe"))
    assert {word for _, word in words(root.undo())} == {"back"}
    assert root.read("/etc/group") == GROUP.replace("ann,ben,DOM\\eve", "ann,ben,DOM\\eve,zoe")
    root.write("/etc/group", GROUP)
    root.path("/etc/.pwd.lock").unlink()
    assert root.stand() == before
