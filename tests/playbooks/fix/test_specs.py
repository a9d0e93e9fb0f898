"""What a fix may declare: the examples of the page that says so, all mistakes at once, and what each spec comes to."""

from __future__ import annotations

import ast
import base64
import os
import re
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text

from playbooks.fix.root import Root, words
from rempart_fix import acl, contract, spec
from rempart_fix.effects import PROGRAMS as LOADED
from rempart_fix.effects import check_effect
from rempart_fix.resolve.keys import apply_key
from rempart_fix.resolve.lines import apply_lines
from rempart_fix.validation import PROGRAMS

PAGE = (Path(__file__).parents[3] / "docs/write-a-fix.md").read_text(encoding="utf-8")
EXAMPLES = [yaml_text.load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: "-".join(one) if isinstance(one, dict) else "task")
def test_each_example_of_the_page_is_sound(example: Any) -> None:
    fix = example[0]["rempart_fix"] if isinstance(example, list) else example | {"check": "AAA-01"}
    assert spec.check(fix) == []


def test_each_effect_and_validation_is_on_the_page() -> None:
    effects = [yaml_text.load(one) for one in re.findall(r"^\| `(\{.*?\})`", PAGE, re.MULTILINE)]
    assert [check_effect(effect) for effect in effects] == [[]] * 7
    assert all(re.search(rf"\b{name}\b", PAGE) for name in (*PROGRAMS, *LOADED))


def test_of_several_fixes_one_that_is_declared_wrongly_keeps_no_other(root: Root) -> None:
    """A value of an inventory comes into one fix, and the other is done in the same call."""
    wrong = {"check": "AAA-01", "files": [{"path": "relative"}]}
    sound = {"check": "BBB-01", "files": [{"path": "/etc/b", "content": "b\n"}]}
    for check_mode in (True, False):
        done = root.fix(wrong, sound, check_mode=check_mode)
        assert [(one["check"], one["failed"], one["changed"]) for one in done] == [
            ("AAA-01", True, False),
            ("BBB-01", False, True),
        ]
    assert root.read("/etc/b") == "b\n"
    assert "AAA-01" not in root.journal().specs


def test_all_mistakes_are_told_at_once(root: Root) -> None:
    fix = {
        "check": "AAA-01",
        "files": [
            {"path": "etc/x", "content": "x", "absent": True},
            {"path": "/etc/x", "content": "", "validate": "rm"},
        ],
        "lines": [{"path": "/etc/x", "match": "(", "line": "a\nb"}],
        "modes": [{"path": "/etc/x"}, {"path": "/etc/x", "mode": "0888"}],
        "keys": [{"path": "/etc/x", "kex": "y"}],
        "effects": [{"reload": "a; b"}, {"load": "/bin/sh"}, {"run": "x"}],
        "commands": ["x"],
    }
    with pytest.raises(contract.Refusal) as error:
        root.fix(fix)
    text = str(error.value)
    for part in (
        "not an absolute path",
        "exclude each other",
        "'rm'",
        "regular expression",
        "one line",
        "modes[0]",
        "0888",
    ):
        assert part in text
    for part in ("kex", "key is missing", "effects[0]", "effects[1]", "effects[2]", "commands"):
        assert part in text
    assert not root.base.exists()


def text(*lines: str) -> list[str]:
    return [line + "\n" for line in lines]


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (("a", "k 1", "k 2"), {"match": "^k ", "line": "k 9"}, ("a", "k 1", "k 9")),
        (("a", "k 1", "k 2"), {"match": "^k ", "line": "k 9", "all": True}, ("a", "k 9")),
        (("a",), {"match": "^k ", "line": "k 9"}, ("a", "k 9")),
        (("a", "b"), {"line": "k", "after": "^a"}, ("a", "k", "b")),
        (("a", "b"), {"line": "k", "before": "^b"}, ("a", "k", "b")),
        (("# c", "a"), {"line": "k", "before": "BOF"}, ("k", "# c", "a")),
        (("# c", "k", "a"), {"line": "k", "before": "BOF"}, ("# c", "k", "a")),
        (("a", "k"), {"line": "k", "before": "BOF"}, ("k", "a", "k")),
        (("a", "k"), {"line": "k"}, ("a", "k")),
        (("a", "k", "ka"), {"match": "^k", "absent": True}, ("a",)),
        (
            ("k", "[s]", "k", "[t]", "k"),
            {"match": "k", "absent": True, "after": r"\[s", "before": r"\[t"},
            ("k", "[s]", "[t]", "k"),
        ),
        (
            ("[s]", "k", "[t]", "k", "[s]", "k"),
            {"match": "k", "replace": "z", "after": r"^\[s", "before": r"^\["},
            ("[s]", "z", "[t]", "k", "[s]", "z"),
        ),
        (("x nullok", "y nullok"), {"match": " nullok", "replace": ""}, ("x", "y")),
        (("a", "z"), {"line": "k", "unless": "^z"}, ("a", "z")),
    ],
)
def test_lines(before: tuple[str, ...], wanted: dict[str, Any], after: tuple[str, ...]) -> None:
    done = apply_lines(text(*before), wanted)
    assert done == text(*after)
    assert apply_lines(done, wanted) == done


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (("K 1", "K 2"), {"key": "K", "value": 9, "separator": " "}, ("K 9", "K 9")),
        (("#K 1", "L 1"), {"key": "K", "value": 9, "separator": " "}, ("#K 1", "K 9", "L 1")),
        (("  k=1",), {"key": "k", "value": "9"}, ("  k=9",)),
        (("kk = 1",), {"key": "k", "value": "9"}, ("kk = 1", "k = 9")),
        (("k = 20",), {"key": "k", "at_least": 14}, ("k = 20",)),
        (("k = 8",), {"key": "k", "at_least": 14}, ("k = 14",)),
        (("k = x",), {"key": "k", "at_most": 14}, ("k = 14",)),
        (("k 0",), {"key": "k", "at_least": 1, "at_most": 30, "separator": " "}, ("k 1",)),
        (("k = never",), {"key": "k", "value": 9, "at_least": 9, "one_of": ["never", 0]}, ("k = never",)),
        (("k = 0",), {"key": "k", "value": 9, "at_least": 9, "one_of": ["never", 0]}, ("k = 0",)),
        (("k = 8",), {"key": "k", "value": 9, "at_least": 9, "one_of": ["never", 0]}, ("k = 9",)),
        (("k B",), {"key": "k", "one_of": ["A", "B"], "separator": " "}, ("k B",)),
        (("k C",), {"key": "k", "one_of": ["A", "B"], "separator": " "}, ("k A",)),
        (("k = 1", "K = 2"), {"key": "k", "absent": True, "ignore_case": True}, ()),
        (("[s]", "k=1", "", "[t]", "k=1"), {"section": "s", "key": "k", "value": 2}, ("[s]", "k=2", "", "[t]", "k=1")),
        (
            ("[s]", "a=1", "", "[t]"),
            {"section": "s", "key": "k", "value": 2, "separator": "="},
            ("[s]", "a=1", "k=2", "", "[t]"),
        ),
        (("a=1",), {"section": "s", "key": "k", "value": 2, "separator": "="}, ("a=1", "", "[s]", "k=2")),
    ],
)
def test_keys(before: tuple[str, ...], wanted: dict[str, Any], after: tuple[str, ...]) -> None:
    done = apply_key(text(*before), wanted)
    assert done == text(*after)
    assert apply_key(done, wanted) == done


def test_line_ends_of_a_file_are_kept() -> None:
    assert apply_lines(["a\r\n", "b"], {"line": "k"}) == ["a\r\n", "b\n", "k\r\n"]
    assert apply_key(["k = 1\r\n"], {"key": "k", "value": 2}) == ["k = 2\r\n"]


def test_specs_on_one_file_are_one_act_and_one_write(root: Root) -> None:
    root.write("/etc/app.conf", "a = 1\nb = 1\n")
    keys = [{"path": "/etc/app.conf", "key": key, "value": 2} for key in "ab"]
    (done,) = root.fix({"check": "AAA-01", "keys": keys, "lines": [{"path": "/etc/app.conf", "line": "c"}]})
    assert done["acts"] == [{"kind": "line", "target": "/etc/app.conf"}]
    assert root.read("/etc/app.conf") == "a = 2\nb = 2\nc\n"


def test_check_mode_tells_the_acts_that_are_done_then(root: Root) -> None:
    root.write("/etc/app.conf", "a = 1\n")
    fix = {
        "check": "AAA-01",
        "folders": [{"path": "/etc/one/two", "mode": "0700"}],
        "files": [
            {"path": "/etc/one/two/f", "content": "x\n", "mode": "0600"},
            {"path": "/etc/app.d/g", "content": "y\n"},
        ],
        "lines": [{"path": "/etc/one/two/f", "line": "z"}],
        "keys": [{"path": "/etc/app.conf", "key": "a", "value": 2}],
        "modes": [
            {"path": "/etc/app.conf", "mode": "o-r", "group": "shadow"},
            {"path": "/etc/app.d/g", "mode": "0640"},
        ],
    }
    later = {"check": "AAA-02", "keys": [{"path": "/etc/app.conf", "key": "a", "value": 3}]}
    before = root.stand()
    foretold = root.fix(fix, later, check_mode=True)
    assert root.stand() == before
    assert not root.base.exists()
    done = root.fix(fix, later)
    assert [one["acts"] for one in foretold] == [one["acts"] for one in done]
    assert [one["diff"] for one in foretold] == [one["diff"] for one in done]
    assert root.path("/etc/app.conf").stat().st_gid == 42
    assert [one["acts"] for one in root.fix(fix | {"keys": []}, later)] == [[], []]
    assert {word for _, word in words(root.undo())} == {"back"}
    assert root.stand() == before


def test_an_acl_goes_and_comes_back(root: Root) -> None:
    file = root.write("/etc/secret", "x", 0o640)
    acl = bytes.fromhex("0200000001000600ffffffff02000400e803000004000400ffffffff10000400ffffffff20000000ffffffff")
    try:
        os.setxattr(file, "system.posix_acl_access", acl)
    except OSError:
        pytest.skip("no ACLs on this file system")
    (done,) = root.fix({"check": "AAA-01", "modes": [{"path": "/etc/secret", "acl": "none"}]})
    assert done["changed"]
    assert "system.posix_acl_access" not in os.listxattr(file)
    root.undo()
    assert os.getxattr(file, "system.posix_acl_access") == acl


def put_acl(file: Path, *entries: tuple[int, int, int]) -> str:
    value = acl.write(entries)
    try:
        os.setxattr(file, "system.posix_acl_access", base64.b64decode(value))
    except OSError:
        pytest.skip("no ACLs on this file system")
    return value


def see_acl(file: Path) -> list[tuple[int, int, int]]:
    return acl.read(base64.b64encode(os.getxattr(file, "system.posix_acl_access")).decode())


NOBODY = 0xFFFFFFFF


def test_a_group_gets_no_more_where_an_acl_goes_than_it_had_below_it(root: Root) -> None:
    """Under an ACL the bits of the group are its mask: left as they are, they would open the file to the group."""
    file = root.write("/etc/secret", "x", 0o640)
    put_acl(file, (1, 6, NOBODY), (2, 7, 1000), (4, 0, NOBODY), (16, 7, NOBODY), (32, 4, NOBODY))
    before = root.stand()
    root.fix({"check": "AAA-01", "modes": [{"path": "/etc/secret", "acl": "none", "mode": "o-rwx"}]})
    assert "system.posix_acl_access" not in os.listxattr(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert {word for _, word in words(root.undo())} == {"back"}
    assert root.stand() == before
    assert (2, 7, 1000) in see_acl(file)


def test_entries_of_those_who_may_stay_and_the_others_go(root: Root) -> None:
    root.write("/etc/group", "root:x:0:\ndata:x:50:ann\nwww:x:60:\n")
    root.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\nben:x:1001:1001::/:/bin/sh\n")
    file = root.write("/srv/data", "x", 0o640)
    whole = [(1, 6, NOBODY), (2, 6, 1000), (2, 6, 1001), (4, 4, NOBODY), (8, 6, 50), (8, 4, 60), (16, 6, NOBODY)]
    put_acl(file, *whole, (32, 4, NOBODY))
    lists = {"groups": ["data", "nowhere"], "members": True}
    fix = {"check": "AAA-01", "modes": [{"path": "/srv/data", "acl": lists, "mode": "g-rwx,o-rwx"}]}
    assert root.fix(fix)[0]["changed"]
    left = [(1, 6, NOBODY), (2, 6, 1000), (4, 0, NOBODY), (8, 6, 50), (16, 6, NOBODY), (32, 0, NOBODY)]
    assert see_acl(file) == left
    assert root.fix(fix, check_mode=True)[0]["acts"] == []
    assert {word for _, word in words(root.undo())} == {"back"}
    assert see_acl(file) == [*whole, (32, 4, NOBODY)]


def test_an_entry_that_gives_nothing_of_what_is_refused_stays(root: Root) -> None:
    file = root.write("/etc/passwd-", "x", 0o644)
    put_acl(file, (1, 6, NOBODY), (2, 4, 1000), (2, 6, 1001), (4, 4, NOBODY), (16, 6, NOBODY), (32, 4, NOBODY))
    root.fix({"check": "AAA-01", "modes": [{"path": "/etc/passwd-", "acl": {"rights": "w"}, "mode": "go-w"}]})
    assert [one for one in see_acl(file) if one[0] == 2] == [(2, 4, 1000)]


def test_modes_of_a_pattern(root: Root) -> None:
    for name in ("/etc/sudoers.d/a", "/etc/sudoers.d/.b"):
        root.write(name, "x", 0o664)
    root.write("/etc/sudoers.d/c", "x", 0o440)
    paths = [{"path": path, "mode": "go-w"} for path in ("/etc/sudoers.d/*", "/etc/sudoers.d/.*")]
    (done,) = root.fix({"check": "AAA-01", "modes": paths})
    assert [one["target"] for one in done["acts"]] == ["/etc/sudoers.d/a", "/etc/sudoers.d/.b"]


def test_links_are_left_where_a_spec_says_so(root: Root) -> None:
    root.write("/usr/share/x.conf", "a = 1\n")
    root.write("/etc/x/own.conf", "a = 1\n")
    root.path("/etc/x/link.conf").symlink_to("/usr/share/x.conf")
    spec = {"match": "1", "replace": "2", "links": False}
    paths = ("/etc/x/*", "/etc/x/link.conf")
    (done,) = root.fix({"check": "AAA-01", "lines": [dict(spec, path=path) for path in paths]})
    assert [one["target"] for one in done["acts"]] == ["/etc/x/own.conf"]


def test_what_may_hold_secrets_is_not_shown(root: Root) -> None:
    root.write("/etc/app.secret", "old line\nquite secret\n", 0o600)
    root.write("/etc/open.conf", "db_password = hunter2\nminlen = 8\n")
    (done,) = root.fix(
        {
            "check": "AAA-01",
            "lines": [{"path": "/etc/app.secret", "match": "^old", "line": "new line"}],
            "keys": [
                {"path": "/etc/open.conf", "key": "db_password", "value": "swordfish"},
                {"path": "/etc/open.conf", "key": "minlen", "value": 14},
            ],
        },
        check_mode=True,
    )
    shown = str(done["diff"])
    assert "minlen = 14" in shown
    for secret in ("old line", "new line", "quite secret", "hunter2", "swordfish"):
        assert secret not in shown


def test_the_module_documents_each_spec() -> None:
    module = Path(__file__).parents[3] / "playbooks/roles/change/library/rempart_fix.py"
    options = yaml_text.load(module.read_text().split('r"""')[1].split('"""')[0])["options"]
    assert set(spec.SPECS) - set(options) == set()


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("", '{\n  "policies": {\n    "A": {\n      "ours": 1\n    }\n  }\n}\n'),
        (
            '{\n    "b": 1\n}\n',
            '{\n    "b": 1,\n    "policies": {\n        "A": {\n            "ours": 1\n        }\n    }\n}\n',
        ),
        ('{"policies": {"A": {"theirs": 2, "ours": 1}}}', '{"policies": {"A": {"theirs": 2, "ours": 1}}}'),
    ],
)
def test_keys_are_merged_into_json_and_what_says_it_already_stays(root: Root, text: str, now: str) -> None:
    path = "/etc/firefox/policies.json"
    if text:
        root.write(path, text)
    before = root.stand()
    root.fix({"check": "SWH-01", "json": [{"path": path, "merge": {"policies": {"A": {"ours": 1}}}, "create": True}]})
    assert root.read(path) == now
    assert {word for _, word in words(root.undo())} <= {"back"}
    assert root.stand() == before


@pytest.mark.parametrize("text", ["[1]", "{", "no"])
def test_what_is_no_map_in_json_is_refused(root: Root, text: str) -> None:
    root.write("/etc/x.json", text)
    (report,) = root.fix({"check": "SWH-01", "json": [{"path": "/etc/x.json", "merge": {"a": 1}}]})
    assert report["failed"]
    assert root.read("/etc/x.json") == text


BLOCK = {"block": "[ours]\na = 1\n", "before": "BOF", "unless": r"^lead\s*="}


@pytest.mark.parametrize(
    ("lines", "now"),
    [
        ([], ["[ours]\n", "a = 1\n"]),
        (["x\n"], ["[ours]\n", "a = 1\n", "x\n"]),
        (["x\n", "[ours]\n", "a = 1\n"], ["x\n", "[ours]\n", "a = 1\n"]),
        (["[ours]\n", "b\n", "a = 1\n"], ["[ours]\n", "a = 1\n", "[ours]\n", "b\n", "a = 1\n"]),
        (["lead = y\n"], ["lead = y\n"]),
    ],
)
def test_lines_that_belong_together_are_put_in_together(lines: list[str], now: list[str]) -> None:
    assert apply_lines(lines, BLOCK) == now
    assert apply_lines(now, BLOCK) == now


def test_no_option_of_the_module_has_the_name_of_a_spec() -> None:
    module = Path(__file__).parents[3] / "playbooks/roles/change/library/rempart_fix.py"
    tree = ast.parse(module.read_text(encoding="utf-8"))
    (others,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_OTHERS"
    ]
    assert not set(others) & set(spec.SPECS), "what a fix declares would be taken for the module's own"
