"""Table rempart_aide_rule: AIDE's rules, with what they come to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest

from rempart_agent.source.contract import Denied, NotRun, Query
from rempart_agent.tables.linux import rempart_aide_rule
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def test_a_rule_is_a_row(root_of: RootOf) -> None:
    target = root_of({"/etc/aide.conf": "N = p+acl\n# x\n/usr f N+sha512\n!/usr/src\n"})
    assert list(rempart_aide_rule.rows(target, Query())) == [
        {
            "config": "/etc/aide.conf",
            "line": 3,
            "kind": "",
            "pattern": "/usr",
            "types": "f",
            "expression": "N+sha512",
            "attributes": " acl p sha512 ",
        },
        {
            "config": "/etc/aide.conf",
            "line": 4,
            "kind": "!",
            "pattern": "/usr/src",
            "types": "",
            "expression": "",
            "attributes": "  ",
        },
    ]


def test_what_is_not_plain_is_told(root_of: RootOf) -> None:
    (row,) = rempart_aide_rule.rows(root_of({"/etc/aide/aide.conf": "/usr R\n@@x_include /x\n"}), Query())
    assert row == {"config": "/etc/aide/aide.conf", "why": "line 2 is not understood: @@x_include /x"}


# The lines 6, 7 and 112 of /etc/aide/aide.conf, and names of programs and files, of Debian 13's aide-common 0.19.1-2.
DEBIAN = (
    "@@x_include_setenv UPAC_settingsd /etc/aide/aide.settings.d\n@@x_include_setenv PATH /bin:/usr/bin\n"
    "Full = p+sha512\n@@x_include /etc/aide/aide.conf.d ^[a-zA-Z0-9_-]+$\n"
)
PARTS = ("10_aide_hostname", "10_aide_year", "30_aide_bind9", "31_aide_apt")


def _debian(root_of: RootOf, programs: tuple[str, ...], more: Mapping[str, str]) -> RootTarget:
    files = {f"/etc/aide/aide.conf.d/{name}": "" for name in (*PARTS, "31_aide_dpkg.dpkg-old")}
    target = root_of({"/etc/aide/aide.conf": DEBIAN, **files, **more})
    for name in programs:
        os.chmod(f"{target.root}/etc/aide/aide.conf.d/{name}", 0o755)
    return target


def test_programs_whose_output_is_rules_are_named_with_the_line_and_not_run(root_of: RootOf) -> None:
    with pytest.raises(NotRun) as caught:
        list(rempart_aide_rule.rows(_debian(root_of, PARTS, {}), Query()))
    said = "/etc/aide/aide.conf, line 4: AIDE runs /etc/aide/aide.conf.d/10_aide_hostname,"
    assert str(caught.value).startswith(said)
    assert "30_aide_bind9, …" in str(caught.value)


def test_an_included_folder_without_programs_is_no_less_unknown(root_of: RootOf) -> None:
    (row,) = rempart_aide_rule.rows(_debian(root_of, ("31_aide_dpkg.dpkg-old",), {}), Query())
    assert str(row["why"]).startswith("line 4 is not understood: @@x_include /etc/aide/aide.conf.d")


def test_what_another_configuration_lacks_is_told_although_programs_decide_one(root_of: RootOf) -> None:
    target = _debian(root_of, PARTS, {"/etc/aide.conf": "/usr p\n"})
    rule, unknown = rempart_aide_rule.rows(target, Query())
    assert (rule["config"], rule["attributes"]) == ("/etc/aide.conf", " p ")
    assert (unknown["config"], "line 4" in str(unknown["why"])) == ("/etc/aide/aide.conf", True)


def test_no_configuration_is_no_row_and_a_shut_one_raises(root_of: RootOf, deny: Deny) -> None:
    assert list(rempart_aide_rule.rows(root_of({}), Query())) == []
    target = root_of({"/etc/aide.conf": ""})
    deny(target, "/etc/aide.conf")
    with pytest.raises(Denied):
        list(rempart_aide_rule.rows(target, Query()))


def test_any_bytes_are_taken(root_of: RootOf) -> None:
    (row,) = rempart_aide_rule.rows(root_of({"/etc/aide.conf": b"\xff\0/\n"}), Query())
    assert row["why"]
