"""Table rempart_sudo_grant, from real files; its model is held against sudo in tests/models/sudo."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.sudo import moments, parser
from rempart_agent.models.sudo import root_equivalents as equal
from rempart_agent.source.contract import Denied, Missing, Query
from rempart_agent.tables.linux import rempart_sudo_grant
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
# Numbers that nobody here has: whoever runs the tests owns the files.
PASSWD = (
    "root:x:0:0::/root:/bin/bash\nalice:x:64100:64100::/home/alice:/bin/bash\nbob:x:64101:64101::/home/bob:/bin/bash\n"
    "svc:x:64102:64102::/srv:/bin/sh\n"
)
GROUP = "root:x:0:\nops:x:50:alice\ndocker:x:51:bob\nalice:x:64100:\nbob:x:64101:\nsvc:x:64102:\n"
DEBIAN = {"/etc/os-release": "ID=debian\n", "/etc/hostname": "box\n", "/usr/bin/sudo": "", "/usr/bin/vim.basic": ""}


@pytest.fixture
def ask(root_of: RootOf) -> Callable[..., list[dict[str, Any]]]:
    """Return the rows of a Debian with some sudoers, other files beside it."""

    def rows(text: str, /, **files: str) -> list[dict[str, Any]]:
        given = {"/etc/passwd": PASSWD, "/etc/group": GROUP, **DEBIAN, "/etc/sudoers": text}
        given.update({path.replace("__", "/").replace("_dot_", "."): content for path, content in files.items()})
        return [dict(row) for row in rempart_sudo_grant.rows(root_of(given), Query())]

    return rows


Ask = Callable[..., "list[dict[str, Any]]"]


def _brief(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(r.get("account", ""), r.get("runas", ""), r["grants_root"], r["asks"], r["lasts_s"]) for r in rows}


def _roots(rows: list[dict[str, Any]]) -> set[str]:
    return {r["account"] for r in rows if r["grants_root"] == 1}


def test_debian_as_installed_lets_a_group_become_root_with_its_password(ask: Ask) -> None:
    rows = ask("Defaults\tenv_reset\nroot\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n")
    assert rows == [
        {
            "account": "%sudo", "subject": "%sudo", "runas": "root", "command": "ALL", "grants_root": 1, "asks": 1,
            "password_of": "account", "lasts_s": 900, "tool": "sudo", "source": "/etc/sudoers", "line": 3, "why": "",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("User_Alias ADMINS = bob\nCmnd_Alias EVERY = ALL\nADMINS ALL = EVERY\n", "bob"),
        ("#64100 ALL = (ALL) \\\n  ALL\n", "alice"),
        ("%ops ALL = ALL, !/bin/su, !/bin/bash\n", "alice"),
        ("alice ALL = (root) /usr/bin/vim.basic /etc/motd\n", "alice"),
        ("alice ALL = /usr/bin/less\n", "alice"),
        ("alice ALL = /usr/bin/\n", "alice"),
        ("alice ALL = /usr/bin/v*\n", "alice"),
        ("alice ALL = ^/usr/bin/v[a-z.]+$\n", "alice"),
        ("alice ALL = /usr/bin/find\n", "alice"),
        ("alice ALL = /usr/bin/python3.13\n", "alice"),
        ("alice ALL = (:docker) ALL\n", "alice"),
        ("alice ALL = SETENV: /usr/bin/id\n", "alice"),
        ('Defaults env_keep += "LANG LD_PRELOAD"\nalice ALL = /usr/bin/id\n', "alice"),
        ("Defaults setenv\nalice ALL = /usr/bin/id\n", "alice"),
        ("alice ALL = /usr/bin/python3 manage.py\n", "alice"),
        ("alice ALL = /usr/bin/python3 -m http.server\n", "alice"),
        ("alice ALL = /usr/bin/make install\n", "alice"),
        ("alice ALL = sudoedit\n", "alice"),
        ("alice ALL = sudoedit /etc/sudoers.d/mine\n", "alice"),
        ("alice ALL = (svc) ALL\nsvc ALL = NOPASSWD: ALL\n", "alice"),
        ("alice ALL = (bob) ALL\n", "alice"),  # who is in the group docker
        ("mallory ALL = ALL\n", "mallory"),
        ("alice ALL = (root) /usr/bin/id : ALL = ALL\n", "alice"),
        ("Defaults runas_default=root\nal\\x69ce ALL = ALL\n", "alice"),
        ('"alice" ALL = ALL # nobody\n', "alice"),
    ],
)
def test_every_way_to_name_somebody_and_to_give_root_is_seen(ask: Ask, text: str, who: str) -> None:
    assert who in _roots(ask(text))


@pytest.mark.parametrize(
    "text",
    [
        "alice ALL = /usr/bin/id\n",
        "Defaults env_keep += HOME\nDefaults !setenv\nalice ALL = NOSETENV: /usr/bin/id\n",
        "alice ALL = /bin/sh -c ls\n",
        "alice ALL = /usr/bin/make -C /srv/build install\n",
        "alice ALL = /usr/bin/python3 /opt/fixed.py\n",
        "alice ALL = /usr/bin/systemctl restart nginx\n",
        "alice ALL = ALL, !ALL\n",
        "alice ALL = ALL\nalice ALL = !ALL\n",
        "alice other = ALL\n",
        "alice ALL = (svc) ALL\n",
        "alice ALL = NOTAFTER=20200101000000Z ALL\n",
        "# 64100 ALL = ALL\n",
        "User_Alias LOOP = LOOP\nLOOP ALL = ALL\n",
        "Cmnd_Alias NONE = !ALL\nalice ALL = ALL, NONE\n",
        "alice ALL = UNDEFINED\n",
    ],
)
def test_what_gives_no_root_says_so(ask: Ask, text: str) -> None:
    assert "alice" not in _roots(ask(text))


@pytest.mark.parametrize(
    ("text", "asks", "lasts"),
    [
        ("alice ALL = NOPASSWD: ALL\n", 0, 900),
        ("alice ALL = NOPASSWD: /usr/bin/id, PASSWD: ALL\nalice ALL = PASSWD: ALL\n", 1, 900),
        ("Defaults:alice !authenticate\nalice ALL = ALL\n", 0, 900),
        ("Defaults !authenticate\nDefaults>root authenticate\nalice ALL = ALL\n", 1, 900),
        ("User_Alias SOME = ALL, !bob\nDefaults:SOME !authenticate\nalice ALL = ALL\n", 0, 900),
        ("Defaults exempt_group=ops\nalice ALL = ALL\n", 0, 900),
        ("Defaults timestamp_timeout=-1\nalice ALL = ALL\n", 1, -1),
        ("Defaults@box timestamp_timeout=60\nalice ALL = ALL\n", 1, 3600),
        ("Defaults@other timestamp_timeout=60\nalice ALL = ALL\n", 1, 900),
        ('Defaults timestamp_timeout = "0"\nalice ALL = ALL\n', 1, 0),
        ("Defaults timestamp_timeout=5\nDefaults timestamp_timeout=x\nalice ALL = ALL\n", 1, 300),
        ("Defaults!ALL !authenticate\nalice ALL = ALL\n", 0, 900),
    ],
)
def test_who_is_asked_and_for_how_long_follows_tags_and_settings(ask: Ask, text: str, asks: int, lasts: int) -> None:
    assert ("alice", "root", 1, asks, lasts) in _brief(ask(text))


def test_another_distribution_remembers_for_five_minutes(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/etc/group": GROUP, "/etc/sudoers": "alice ALL=ALL\n"})
    assert [row["lasts_s"] for row in rempart_sudo_grant.rows(target, Query())] == [300]


def test_files_and_folders_are_included_as_sudo_includes_them(ask: Ask) -> None:
    rows = ask(
        "@includedir /etc/sudoers.d\n#include /etc/more\n",
        __etc__sudoers_dot_d__10="alice ALL=ALL\n",
        __etc__sudoers_dot_d__20_dot_bak="bob ALL=ALL\n",
        __etc__more="svc ALL=ALL\n",
    )
    assert {(r["account"], r["source"]) for r in rows} == {("alice", "/etc/sudoers.d/10"), ("svc", "/etc/more")}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("+net ALL = ALL\n", "who is in +net"),
        ("%:domain ALL = ALL\n", "who is in %:domain"),
        ("alice 10.0.0.0/8 = ALL\n", "not known whether"),
        ("alice ALL = sha224:d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f /usr/bin/vim\n", "a digest of"),
        ("alice ALL = ^/usr/bin/(a|b)+$\n", "not known whether"),
        ("alice ALL = /usr/bin/systemctl restart *\n", "arguments by a pattern"),
        ("alice ALL = NOEXEC: /usr/bin/less\n", "NOEXEC"),
        ("alice ALL = sudoedit /srv/app.conf\n", "not known"),
        ("alice ALL = CHROOT=/srv /bin/sh\n", "not known whether"),
        ("alice ALL = ALL\nalice ALL = CHROOT=/srv /opt/tool\n", "not known whether"),
        ("Defaults runchroot=/srv\nalice ALL = ALL\n", "not known whether"),
        ("Defaults!ALL runchroot=*\nalice ALL = ALL\n", "not known whether"),
        ("Defaults>root runas_default=toor\nalice ALL = ALL\n", "not known whether"),
        ("alice ALL = TYPE=staff_t ALL\n", "SELinux"),
        ("Defaults apparmor_profile=jail\nalice ALL = ALL\n", "AppArmor"),
        ("alice ALL = NOTBEFORE=20990101000000Z ALL\n", "in force from"),
        ("alice ALL = foo\n", "fully-qualified"),
        ("alice ALL = ALL \\", "within a line"),
    ],
)
def test_what_is_not_understood_is_unknown_and_says_why(ask: Ask, text: str, word: str) -> None:
    rows = ask(text)
    assert [word in row["why"] and row["grants_root"] is None for row in rows] == [True]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"/etc/nsswitch.conf": "sudoers: files sss\n"}, "sudo takes rules from files, sss"),
        (
            {"/etc/sudo.conf": "Plugin sudoers_policy ldap_policy.so\n"},
            "the plugin sudoers_policy of ldap_policy.so decides too",
        ),
        ({"/etc/sudoers-rs": "alice ALL=ALL\n"}, "rules of another sudo, not read"),
    ],
)
def test_rules_from_elsewhere_are_unknown(root_of: RootOf, files: dict[str, str], why: str) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/etc/group": GROUP, "/etc/sudoers": "root ALL=ALL\n", **files})
    assert [(r["grants_root"], r["why"]) for r in rempart_sudo_grant.rows(target, Query())] == [(None, why)]


def test_a_file_that_sudo_conf_names_takes_the_place_of_sudoers(root_of: RootOf) -> None:
    conf = "Plugin sudoers_policy sudoers.so sudoers_file=/etc/other sudoers_mode=0440\n"
    files = {"/etc/sudo.conf": conf, "/etc/other": "bob ALL=ALL\n", "/etc/sudoers": "alice ALL=ALL\n"}
    target = root_of({"/etc/passwd": PASSWD, "/etc/group": GROUP, **files})
    assert [r["account"] for r in rempart_sudo_grant.rows(target, Query())] == ["bob"]


def test_a_program_that_the_account_may_write_is_root(root_of: RootOf) -> None:
    files = {"/etc/passwd": PASSWD, "/etc/group": GROUP, "/opt/run": "", "/opt/open/run": "", "/opt/script.py": ""}
    rule = "alice ALL = {}\n"
    for program, root in (
        ("/opt/run", 0), ("/opt/open/run", 1), ("/opt/open/gone", 1), ("/opt/gone", 0), ("/opt/open/", 1),
        ("/usr/bin/python3 /opt/open/x.py", 1), ("/usr/bin/python3 /opt/script.py", 0),
    ):  # fmt: skip
        target = root_of({**files, "/etc/sudoers": rule.format(program)})
        os.chmod(target.root + "/opt/open", 0o777)
        assert [r["grants_root"] for r in rempart_sudo_grant.rows(target, Query())] == [root], program


def test_doas_lets_the_last_rule_decide(root_of: RootOf) -> None:
    conf = (
        "# comment\npermit persist setenv { A=b C } :ops\ndeny alice cmd id\npermit nopass bob as root cmd id args -u\n"
        'permit "svc" \\\n as root\n'
    )
    files = {"/etc/passwd": PASSWD, "/etc/group": GROUP, "/usr/bin/doas": "", "/etc/doas.conf": conf}
    rows = [dict(r) for r in rempart_sudo_grant.rows(root_of(files), Query())]
    assert {(r["account"], r["subject"], r["grants_root"], r["asks"], r["lasts_s"], r["line"]) for r in rows} == {
        ("alice", ":ops", 1, 1, 300, 2),
        ("%ops", ":ops", 1, 1, 300, 2),
        ("bob", "bob", 0, 0, 0, 4),
        ("svc", "svc", 1, 1, 0, 5),
    }


def test_a_doas_conf_that_doas_refuses_is_unknown(root_of: RootOf) -> None:
    files = {
        "/etc/passwd": PASSWD,
        "/etc/group": GROUP,
        "/usr/bin/doas": "",
        "/etc/doas.conf": "permit nopass persist bob\n",
    }
    rows = list(rempart_sudo_grant.rows(root_of(files), Query()))
    assert [(r["grants_root"], r["tool"]) for r in rows] == [(None, "doas")]


def test_without_sudo_there_is_no_row_and_without_accounts_an_error(root_of: RootOf) -> None:
    assert list(rempart_sudo_grant.rows(root_of({"/etc/passwd": PASSWD, "/etc/group": GROUP}), Query())) == []
    with pytest.raises(Missing):
        list(rempart_sudo_grant.rows(RootTarget(root_of({"/etc/x": ""}).root + "/etc"), Query()))


def test_rules_that_may_not_be_read_raise(root_of: RootOf, deny: Deny) -> None:
    target = root_of(
        {"/etc/passwd": PASSWD, "/etc/group": GROUP, "/etc/sudoers": "@include /etc/more\n", "/etc/more": ""}
    )
    deny(target, "/etc/more")
    with pytest.raises(Denied):
        list(rempart_sudo_grant.rows(target, Query()))


def test_the_fix_of_prv_01_goes_by_the_same_programs() -> None:
    text = (Path(__file__).parents[4] / "playbooks/roles/privileges/vars/main.yml").read_text(encoding="utf-8")
    mended = text.partition("privileges_programs: >-")[2].split()
    assert set(mended) == equal.ESCAPES | equal.PAGERS | equal.SHELLS | equal.OPTIONS


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User_Alias A{n} = A{n - 1}, A{n - 1}\n" for n in range(1, 60)) + "A59 ALL = ALL\n",
        "".join(f"Cmnd_Alias C{n} = C{n - 1}, C{n - 1}\n" for n in range(1, 60)) + "alice ALL = C59\n",
        "".join(f"Runas_Alias R{n} = R{n - 1}\n" for n in range(1, 5000)) + "alice ALL = (R4999) ALL\n",
        "alice ALL = /usr/bin/id\n" * 80_000,
        "alice ALL = " + ", ".join(f"/opt/{n}" for n in range(10_000)) + "\n",
    ],
    ids=["users", "commands", "a chain", "large", "long"],
)
def test_a_hostile_file_is_unknown_and_takes_no_longer_than_its_length(ask: Ask, text: str) -> None:
    rows = ask(text)
    assert all(row["grants_root"] is None or row["grants_root"] == 0 for row in rows)
    assert any(row["grants_root"] is None for row in rows) or "A0" in text or "C0" in text


@given(st.text(alphabet='aA#%+!:=,()\\"/*?[]^$@ \t\n0', max_size=60))
def test_any_text_is_parsed(text: str) -> None:
    policy = parser.parse("/etc/sudoers", {"/etc/sudoers": text}.get, lambda _: [])
    assert policy.sources == ["/etc/sudoers"]


@pytest.mark.parametrize("unit", ['"', "!", "\\\n", "(", "a ALL=ALL : ", "#", "^a", "/*", "%", "1.", "a:", "Defaults:"])
def test_worst_inputs_of_sudoers_take_linear_time(unit: str) -> None:
    parser.parse("/etc/sudoers", {"/etc/sudoers": unit * (128 * 1024 // len(unit))}.get, lambda _: [])


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ("TIMEOUT=1d1d5", True),
        ("TIMEOUT=1h1d", False),
        ("TIMEOUT=-1", False),
        ("TIMEOUT=99999999999", False),
        ("NOTAFTER=20401301000000Z", True),  # a thirteenth month is January of the next year
        ("NOTAFTER=99991301000000Z", True),
        ("NOTAFTER=20400101Z", False),
        ("NOTAFTER=2040010100+1", False),
    ],
)
def test_a_rule_with_a_time_that_sudo_refuses_says_so(ask: Ask, options: str, taken: bool) -> None:
    """As parse_timeout and parse_gentime of plugins/sudoers have it."""
    rows = ask(f"alice ALL = {options} NOPASSWD: /usr/bin/id\n")
    assert [("is no time" in row["why"], row["grants_root"] is None) for row in rows] == [
        (not taken, not taken or options.startswith("NOTAFTER=9999"))
    ]


def test_the_zone_of_a_time_counts() -> None:
    """East of Greenwich it is later by the clock: 02:00 there is midnight here."""
    assert moments.moment("20200101020000+0200") == moments.moment("2020010100Z")
    assert moments.moment("20191231190000-0500") == moments.moment("2020010100Z")
