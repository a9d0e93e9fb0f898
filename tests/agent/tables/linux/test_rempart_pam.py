"""Table rempart_pam: what is in force for a service, whatever file it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Malformed, Missing, Query, Unfit
from rempart_agent.tables.linux import rempart_pam
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


def _rows(target: Any, service: str = "") -> list[dict[str, Any]]:
    return [dict(r) for r in rempart_pam.rows(target, Query()) if not service or r["service"] == service]


def _brief(rows: list[dict[str, Any]]) -> list[str]:
    return [" ".join(str(r[c]) for c in ("type", "control", "module", "arguments")).strip() for r in rows]


def test_debian_includes_are_put_in_place_with_their_source(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/pam.d/sshd": "# a comment\n@include common-auth\naccount  required  pam_nologin.so # why\n",
            "/etc/pam.d/common-auth": "auth\t[success=1   default=ignore]\tpam_unix.so nullok\n"
            "auth requisite pam_deny.so\n",
        }
    )
    assert _rows(target, "sshd") == [
        {
            "service": "sshd",
            "type": "auth",
            "control": "[success=1 default=ignore]",
            "module": "pam_unix.so",
            "arguments": "nullok",
            "source": "/etc/pam.d/common-auth",
            "line": 1,
            "optional": 0,
            "depth": 1,
        },
        {
            "service": "sshd",
            "type": "auth",
            "control": "requisite",
            "module": "pam_deny.so",
            "arguments": "",
            "source": "/etc/pam.d/common-auth",
            "line": 2,
            "optional": 0,
            "depth": 1,
        },
        {
            "service": "sshd",
            "type": "account",
            "control": "required",
            "module": "pam_nologin.so",
            "arguments": "",
            "source": "/etc/pam.d/sshd",
            "line": 3,
            "optional": 0,
            "depth": 0,
        },
    ]


def test_include_and_substack_take_their_own_type_only(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/pam.d/login": "auth substack system-auth\naccount include system-auth\n",
            "/etc/pam.d/system-auth": "auth required pam_faillock.so preauth\n"
            "@include more\naccount required pam_unix.so\npassword required pam_pwquality.so\n",
            "/etc/pam.d/more": "auth sufficient pam_oath.so\nsession required pam_limits.so\n",
        }
    )
    assert _brief(_rows(target, "login")) == [
        "auth required pam_faillock.so preauth",
        "auth sufficient pam_oath.so",
        "account required pam_unix.so",
    ]
    assert [r["depth"] for r in _rows(target, "login")] == [1, 2, 1]


def test_lines_are_read_as_libpam_reads_them(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/pam.d/x": "-SESSION Optional /lib/security/pam_systemd.so  a   b \\\n   c\n"
            "auth [success=ok \\\n  default=die ] pam_mysql.so [query=select a from b] x\n"
            "auth required pam_a.so \\\n# this ends the line above\nauth required pam_b.so # never continued \\\n"
            "auth required pam_c.so"
        }
    )
    rows = _rows(target)
    assert _brief(rows) == [
        "session optional pam_systemd.so a b c",
        "auth [success=ok default=die] pam_mysql.so [query=select a from b] x",
        "auth required pam_a.so",
        "auth required pam_b.so",
        "auth required pam_c.so",
    ]
    assert [r["line"] for r in rows] == [1, 3, 5, 7, 8]
    assert [r["optional"] for r in rows] == [1, 0, 0, 0, 0]


def test_the_password_of_a_module_is_left_out_and_its_other_arguments_stay(root_of: RootOf) -> None:
    line = "auth required pam_mysql.so user=a passwd=s3cret secret=/etc/k authtok_type=password minlen=8"
    assert _rows(root_of({"/etc/pam.d/a": line}))[0]["arguments"] == (
        "user=a passwd=[redacted] secret=/etc/k authtok_type=password minlen=8"
    )


def test_a_file_in_etc_hides_the_vendor_one(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/pam.d/a": "auth required pam_deny.so\n",
            "/usr/lib/pam.d/a": "auth required pam_permit.so\n",
            "/usr/lib/pam.d/b": "auth include a\n",
        }
    )
    assert [(r["service"], r["module"]) for r in _rows(target)] == [("a", "pam_deny.so"), ("b", "pam_deny.so")]


def test_what_packages_and_editors_leave_behind_is_no_service(root_of: RootOf) -> None:
    target = root_of(
        dict.fromkeys(
            [f"/etc/pam.d/{n}" for n in ("su", "su~", ".su.swp", "su.dpkg-old", "su.rpmnew", "su-l", "su.bak")],
            "auth required pam_rootok.so\n",
        )
    )
    assert [r["service"] for r in _rows(target)] == ["su", "su-l"]


def test_an_include_that_is_missing_says_so(root_of: RootOf) -> None:
    target = root_of({"/etc/pam.d/a": "auth include gone\n@include lost\nauth required pam_unix.so\n"})
    assert _brief(_rows(target)) == ["auth include  gone", "include  lost", "auth required pam_unix.so"]
    assert [r["module"] for r in _rows(target)] == ["", "", "pam_unix.so"]


def test_a_line_that_pam_refuses_is_still_seen(root_of: RootOf) -> None:
    target = root_of({"/etc/pam.d/a": "auth\nauht required pam_unix.so\nauth include b\n", "/etc/pam.d/b": "x y z\n"})
    assert [(r["type"], r["control"], r["module"]) for r in _rows(target, "a")] == [
        ("auth", "", ""),
        ("auht", "required", "pam_unix.so"),
        ("x", "y", "z"),
    ]


@pytest.mark.parametrize("line", ["@include b", "auth include b", "auth substack /etc/pam.d/b"])
def test_a_cycle_is_refused(root_of: RootOf, line: str) -> None:
    target = root_of({"/etc/pam.d/a": line, "/etc/pam.d/b": "auth include a\n"})
    with pytest.raises(Malformed, match="includes itself"):
        _rows(target)


def test_includes_that_go_too_deep_or_multiply_are_refused(root_of: RootOf) -> None:
    chain = {f"/etc/pam.d/s{n:02}": f"@include s{n + 1:02}\n" for n in range(20)}
    with pytest.raises(Malformed, match="deeper than"):
        _rows(root_of(chain))
    fan = {f"/etc/pam.d/s{n:02}": f"@include s{n + 1:02}\n" * 4 for n in range(10)}
    with pytest.raises(Malformed, match="multiply"):
        _rows(root_of({**dict.fromkeys(chain, ""), **fan, "/etc/pam.d/s10": "auth required pam_unix.so\n"}))


def test_pam_conf_serves_where_there_is_no_directory(root_of: RootOf) -> None:
    target = root_of({"/etc/pam.conf": "login auth required pam_unix.so nullok\nOTHER auth required pam_deny.so\n"})
    assert [(r["service"], r["module"], r["source"]) for r in _rows(target)] == [
        ("login", "pam_unix.so", "/etc/pam.conf"),
        ("other", "pam_deny.so", "/etc/pam.conf"),
    ]


def test_no_pam_at_all_is_no_empty_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(root_of({"/etc/passwd": ""}))


def test_a_service_that_is_no_file_is_no_empty_answer(root_of: RootOf) -> None:
    target = root_of({"/etc/pam.d/a": "", "/dev/": "", "/etc/pam.d/sub/": ""})
    import os

    os.mkfifo(target.root + "/etc/pam.d/b")
    with pytest.raises(Unfit):
        _rows(target)


def test_this_machine_answers() -> None:
    rows = _rows(LiveTarget())
    assert "pam_unix.so" in {r["module"] for r in rows if r["service"] == "passwd"}


@given(st.text())
def test_any_text_parses(text: str) -> None:
    for rule in rempart_pam.parse(text):
        assert rule.line >= 1
    for rule in rempart_pam.parse(text, services=True):
        assert " " in rule.type
