"""Table rempart_ini: what a setting says, whatever dialect its file speaks."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.formats import ini
from rempart_agent.source.contract import Constraint, Malformed, Query, Unfit
from rempart_agent.tables.linux import rempart_ini
from rempart_agent.tables.read import Request, read
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


def _parse(text: str, path: str = "/etc/x.conf") -> list[tuple[str, str, str]]:
    return [(s.section, s.key, s.value) for s in ini.parse(text, ini.dialect_of(path))]


def _ask(target: Any, op: str, *values: str) -> list[dict[str, Any]]:
    return [dict(r) for r in rempart_ini.rows(target, Query(frozenset(), (Constraint("path", op, values),)))]


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("minlen=14", "minlen", "14"),
        ("  minlen  =  14  \r", "minlen", "14"),
        ("PASS_MAX_DAYS\t365", "PASS_MAX_DAYS", "365"),
        ("ExtendedDetectionInfo yes", "ExtendedDetectionInfo", "yes"),
        ('LogFile "/var/log/clamav/clamav.log"', "LogFile", "/var/log/clamav/clamav.log"),
        ("audit", "audit", ""),
        ("even_deny_root # why", "even_deny_root", ""),
        ("UMASK 027 # group may read", "UMASK", "027"),
        ("ENV_PATH  PATH=/usr/bin:/bin", "ENV_PATH", "PATH=/usr/bin:/bin"),
        ("options snd index=1", "options", "snd index=1"),
        ("net.ipv4.ip_forward = 0", "net.ipv4.ip_forward", "0"),
        ("-net.ipv4.conf.all.rp_filter=1", "-net.ipv4.conf.all.rp_filter", "1"),
        ("password = ab#c ;d", "password", "ab#c ;d"),
        ("key = 'a b'", "key", "a b"),
        ('key = "say \\"hi\\"" # note', "key", 'say "hi"'),
        ('Exec="/opt/a b" %u', "Exec", '"/opt/a b" %u'),
        ("key =", "key", ""),
        ("Types: deb", "Types:", "deb"),
        ("Timeout[$i]=5", "Timeout[$i]", "5"),
    ],
)
def test_a_line_is_a_key_and_a_value(line: str, key: str, value: str) -> None:
    assert _parse(line + "\n") == [("", key, value)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("TMOUT=900", [("TMOUT", "900")]),
        ('export TMOUT="900"', [("TMOUT", "900")]),
        ("readonly TMOUT=900 ; export TMOUT", [("TMOUT", "900"), ("export", "TMOUT")]),
        ("declare -xr TMOUT=900", [("TMOUT", "900")]),
        ("typeset -r TMOUT=900; export TMOUT # idle", [("TMOUT", "900"), ("export", "TMOUT")]),
        ("TMOUT=900; HISTSIZE=1000", [("TMOUT", "900"), ("HISTSIZE", "1000")]),
        ("export A=1 B='2 3' C", [("A", "1"), ("B", "2 3")]),
        ("A=b#c #d", [("A", "b#c")]),
        ("A='b c'\"d e\"f\\ g", [("A", "b cd ef g")]),
        ("A=$(id -u)", [("A", "$(id -u)")]),
        ("A=b c", [("A", "b c")]),
        ("A=b;c", [("A", "b;c")]),
        ("export TMOUT", [("export", "TMOUT")]),
        ('[ -z "$T" ] && TMOUT=60', [("[", '-z "$T" ] && TMOUT=60'), ("TMOUT", "60")]),
        ("if x; then export TMOUT=60; fi", [("if", "x; then export TMOUT=60; fi"), ("TMOUT", "60")]),
        ("case $- in *i*) TMOUT=60;; esac", [("case", "$- in *i*) TMOUT=60;; esac"), ("TMOUT", "60")]),
    ],
)
def test_a_shell_assignment_has_the_shells_value(line: str, expected: list[tuple[str, str]]) -> None:
    assert [(k, v) for _, k, v in _parse(line)] == expected


def test_sections_comments_and_duplicates_keep_their_order(root_of: RootOf) -> None:
    text = "\ufeff# c\n; d\ntop = 1\n[ global ] # x\nserver min protocol = SMB2\nskip-networking\n\n[b]\nk=1\nk=2"
    target = root_of({"/etc/x.conf": text})
    assert _ask(target, "=", "/etc/x.conf") == [
        {"path": "/etc/x.conf", "section": "", "key": "top", "value": "1", "line": 3},
        {"path": "/etc/x.conf", "section": "global", "key": "server min protocol", "value": "SMB2", "line": 5},
        {"path": "/etc/x.conf", "section": "global", "key": "skip-networking", "value": "", "line": 6},
        {"path": "/etc/x.conf", "section": "b", "key": "k", "value": "1", "line": 9},
        {"path": "/etc/x.conf", "section": "b", "key": "k", "value": "2", "line": 10},
    ]


def test_no_shell_is_read_in_sections() -> None:
    assert _parse("[a]\nCategories=GNOME;GTK;X=1\nexport A=1\n") == [
        ("a", "Categories", "GNOME;GTK;X=1"),
        ("a", "export A", "1"),
    ]


def test_lines_are_joined_where_the_dialect_joins_them() -> None:
    assert _parse("[Service]\nExecStart=/bin/a \\\n  --b\nUser=c\n") == [
        ("Service", "ExecStart", "/bin/a --b"),
        ("Service", "User", "c"),
    ]
    assert _parse("# not here \\\nA=1\n") == [("", "A", "1")]
    assert _parse("A=1 \\ \nB=2\n") == [("", "A", "1 \\"), ("", "B", "2")]  # a blank after it undoes it
    assert _parse("A=1\\\r\n2\r\n") == [("", "A", "12")]
    assert _parse("path = C:\\\ndeny = 5\n", "/etc/security/x.conf") == [("", "path", "C:\\"), ("", "deny", "5")]
    assert _parse("smtpd_tls = may\nlist = a,\n   b\n", "/etc/postfix/main.cf") == [
        ("", "smtpd_tls", "may"),
        ("", "list", "a, b"),
    ]


@pytest.mark.parametrize("path", ["/etc/x", "/etc/systemd/system/ssh.service"])
@pytest.mark.parametrize("text", ["\\\n\n", "\\\n", "\\\n \nA=1\n", "\\\n\\\n\n"])
def test_a_lone_backslash_says_nothing_and_hides_no_other_file(path: str, text: str) -> None:
    assert _parse(text, path) in ([], [("", "A", "1")], [("", "\\", "")])


def test_systemds_lines_are_joined_by_a_blank_over_comments() -> None:
    path = "/etc/systemd/system/ssh.service.d/x.conf"
    text = "[Service]\nExecStart=/usr/sbin/sshd -D\\\n# why\n-o Port=1\n# not here \\\nUser=a\\\\\nGroup=b\n"
    assert _parse(text, path) == [
        ("Service", "ExecStart", "/usr/sbin/sshd -D -o Port=1"),
        ("Service", "User", "a\\\\"),
        ("Service", "Group", "b"),
    ]


def test_a_line_of_login_defs_is_a_line() -> None:
    assert _parse("ENCRYPT_METHOD SHA512 \\\nPASS_MAX_DAYS 9\n\\\n\n", "/etc/login.defs")[1] == (
        "",
        "PASS_MAX_DAYS",
        "9",
    )


@pytest.mark.parametrize(
    ("path", "line", "value"),
    [
        ("/etc/security/pwquality.conf", "minlen = 14 # policy", "14"),
        ("/etc/security/pwquality.conf", "minlen 14#policy", "14"),
        ("/etc/asterisk/pjsip.conf", "transport=tls ; not udp", "tls"),
        ("/etc/asterisk/pjsip.conf", "transport=a\\;b", "a\\;b"),
        ("/etc/asterisk/extensions.conf", "transport => tls", "tls"),
        ("/etc/postgresql/17/main/postgresql.conf", "ssl = on\t# encrypts", "on"),
        ("/etc/mysql/my.cnf", "password = 'a#b' # x", "a#b"),
        ("/etc/ssl/openssl.cnf", "MinProtocol = TLSv1.2 # why", "TLSv1.2"),
        ("/etc/php/8.4/php.ini", "expose_php = Off ; hide", "Off"),
        ("/etc/systemd/logind.conf", "IdleAction=lock # kept", "lock # kept"),
    ],
)
def test_a_comment_at_the_end_is_cut_where_the_dialect_has_one(path: str, line: str, value: str) -> None:
    assert [v for _, _, v in _parse("[s]\n" + line, path)] == [value]


def test_kdes_immutable_mark_of_a_group_or_file_is_on_each_key() -> None:
    assert _parse("[Daemon][$i]\nTimeout=5\nLock[$i]=1\n[Other][Sub]\nA=1\n") == [
        ("Daemon", "Timeout[$i]", "5"),
        ("Daemon", "Lock[$i]", "1"),
        ("Other][Sub", "A", "1"),
    ]
    assert _parse("[$i]\n[Daemon]\nTimeout=5\n") == [("Daemon", "Timeout[$i]", "5")]
    assert _parse("[Daemon][$e]\nTimeout=5\n") == [("Daemon", "Timeout", "5")]


def test_asterisk_templates_are_put_in_place() -> None:
    text = (
        "[base](!)\ntype=endpoint\nmedia_encryption=sdes\n;---- a line\n;-- hidden\nmedia_encryption=no\n--;\n"
        "[loud](!,base)\nallow=ulaw\n[100](loud)\nauth=100\n[200](base)\nmedia_encryption=no\n[300]\ntype=aor\n"
    )
    assert _parse(text, "/etc/asterisk/pjsip.conf") == [
        ("100", "type", "endpoint"),
        ("100", "media_encryption", "sdes"),
        ("100", "allow", "ulaw"),
        ("100", "auth", "100"),
        ("200", "type", "endpoint"),
        ("200", "media_encryption", "no"),
        ("300", "type", "aor"),
    ]


def test_templates_that_multiply_are_refused() -> None:
    text = "[t0](!)\na=1\nb=2\n" + "".join(f"[t{n}](!,t{n - 1},t{n - 1})\n" for n in range(1, 40))
    with pytest.raises(Malformed):
        _parse(text, "/etc/asterisk/x.conf")


def test_paths_are_asked_by_equality_and_by_pattern(root_of: RootOf) -> None:
    target = root_of({"/etc/a.d/1.conf": "a=1", "/etc/a.d/2.conf": "a=2", "/etc/a.d/x": "a=3", "/etc/a.d/sub/": ""})
    assert [r["value"] for r in _ask(target, "=", "/etc/a.d/2.conf", "/etc/a.d/1.conf", "/etc/none")] == ["1", "2"]
    assert [r["path"] for r in _ask(target, "LIKE", "/etc/a.d/%.conf")] == ["/etc/a.d/1.conf", "/etc/a.d/2.conf"]
    assert [r["value"] for r in _ask(target, "LIKE", "/etc/a.d/%")] == ["1", "2", "3"]


def test_a_password_within_a_value_is_masked_in_an_audit(root_of: RootOf) -> None:
    target = root_of({"/etc/x": "url = ldap://u:s3cret@h/\nminlen = 14\n"})
    request = Request("rempart_ini", ("value",), (Constraint("path", "=", ("/etc/x",)),))
    assert [r["value"] for r in read(target, [request])[0].rows] == ["ldap://u:[redacted]@h/", "14"]


def test_what_is_no_file_is_no_empty_answer(root_of: RootOf) -> None:
    import os

    target = root_of({"/etc/a.d/1.conf": "a=1"})
    os.mkfifo(target.root + "/etc/a.d/2.conf")
    with pytest.raises(Unfit):
        _ask(target, "LIKE", "/etc/a.d/%.conf")


def test_a_masked_file_says_nothing(tmp_path: Path) -> None:
    from rempart_agent.targets.live import LiveTarget

    (tmp_path / "1.conf").write_text("a=1")
    (tmp_path / "2.conf").symlink_to("/dev/null")
    assert [r["value"] for r in _ask(LiveTarget(), "LIKE", f"{tmp_path}/%.conf")] == ["1"]


LINES = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.text(alphabet="ab =;#[]$i\"'\\\t()!,>-&", max_size=20),
        st.sampled_from(["[a](!,b)", "[b](a)", "[$i]", "export A=", "x; then B='", ";--", "--;", "a=\\", "\\", ""]),
    ),
    max_size=8,
)


PATHS = ["/etc/x", "/etc/asterisk/x", "/etc/postfix/x", "/etc/security/x", "/etc/my.cnf", "/etc/systemd/system/x"]


@given(LINES, st.sampled_from(PATHS))
def test_any_text_parses(lines: list[str], path: str) -> None:
    text = "\n".join(lines)
    for setting in ini.parse(text, ini.dialect_of(path)):
        assert 1 <= setting.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "line",
    [
        "[" * 200_000,
        "[a]" * 70_000,
        " ;" * 100_000,
        "a" + " " * 200_000 + "b",
        "then export " * 20_000,
        "[$" + "i" * 200_000,
        "=\\\n" + "\\\n" * 65_536,
    ],
)
@pytest.mark.parametrize("before", ["", "[s]\n"])
def test_a_hostile_line_is_read_at_once(before: str, line: str) -> None:
    assert len(_parse(before + "x" + line)) >= 1


PIECE = st.one_of(
    st.text(alphabet="ab1/._-:,+@%#=", min_size=1, max_size=4),
    st.text(alphabet="ab 1#;'&\t", max_size=5).map(lambda t: f'"{t}"'),
    st.text(alphabet='ab 1#;"&\t\\', max_size=5).map(lambda t: f"'{t}'"),
    st.sampled_from(["\\ ", "\\#", '\\"', "\\\\", '"\\""', '"\\\\"', '"a\\b"', '""', "''"]),
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["", "export ", "readonly "]),
    st.lists(PIECE, min_size=1, max_size=4).map("".join),
    st.sampled_from(["", " # c", " ; export A", "; B=1"]),
)
def test_a_real_shell_agrees(declared: str, word: str, after: str) -> None:
    line = f"{declared}A={word}{after or '_'}"
    done = subprocess.run(["sh", "-c", f'{line}\nprintf %s "$A"'], capture_output=True, check=True, text=True)
    assert next(s.value for s in ini.parse(line) if s.key == "A") == done.stdout
