"""Random sudoers: all that sudoers(5) offers, in the accounts and files of the oracle's small world."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

USERS = ("alice", "bob", "carol", "dave", "Eve")
_ALIASES = ("UA", "UB", "UC")
_pick = st.sampled_from


def _weighted(*pairs: tuple[int, Any]) -> st.SearchStrategy[Any]:
    return _pick([value for count, value in pairs for _ in range(count)])


_user = _weighted(
    (12, "alice"), (6, "bob"), (3, "carol"), (3, "dave"), (2, "Eve"), (2, "eve"), (3, "ALL"), (3, "%ops"), (2,
    "%docker"),
    (1, "%OPS"), (1, "%twin"), (2, "%#51"), (2, "#1000"), (1, "#1003"), (1, "#0"), (3, "UA"), (2, "UB"), (1, "UC"),
    (1, "UNDEF"),
    (1, '"alice"'), (1, '"%web"'), (1, "al\\x69ce"), (1, "mallory"), (1, "b\\ob"), (1, "%nosuch"),
)  # fmt: skip
_host = _weighted(
    (14, "ALL"), (6, "box"), (2, "BOX"), (2, "b*"), (1, "b[no]x"), (3, "other"), (2, "HA"), (1, "HB"), (1,
    "box.example.org"),
    (1, "*.example.org"), (1, "?ox"), (1, "UNDEF"),
)  # fmt: skip
_target = _weighted(
    (8, "root"), (8, "ALL"), (4, "bob"), (2, "#0"), (2, "toor"), (2, "RA"), (1, "RB"), (2, "%ops"), (1, "#1001"), (1,
    "BOB"),
)  # fmt: skip
_group = _weighted((4, "docker"), (2, "web"), (2, "ALL"), (1, "#52"), (1, "RG"))
_path = _weighted(
    (9, "ALL"), (8, "/opt/t/alpha"), (6, "/opt/t/beta"), (3, "/opt/t/gamma"), (3, "/opt/u/alpha"), (2, "/opt/u/other"),
    (3, "/lnk/alpha"), (3, "/opt/t/"), (2, "/opt/u/"), (1, "/lnk/"), (2, "/opt/*/alpha"), (2, "/opt/t/[ab]*"), (1,
    "/opt/t/[!a]*"),
    (1, "/opt/t/*"), (1, "/opt/t/al?ha"), (1, "/opt/[tu]/alpha"), (1, "/opt/t/[[:alpha:]]*"), (1, "/l*/alpha"),
    (2, "^/opt/t/(alpha|beta)$"), (1, "^/opt/t/.*$"), (1, "^/lnk/[a-c]+$"), (1, "^(?i)/OPT/t/alpha$"), (1,
    "/opt/t/missing"),
    (2, "/opt/t/sp\\ ace"), (1, "/opt/t/co\\,mma"), (5, "CA"), (3, "CB"), (1, "CC"), (1, "UNDEF"), (2, "sudoedit"),
    (1, "/usr/bin/sudoedit"), (1, "list"), (1, "/opt/t/../t/alpha"), (1, "/opt//t/alpha"), (1, "/*/t/"),
)  # fmt: skip
_arguments = _weighted(
    (14, ""), (2, ' ""'), (3, " one"), (2, " one two"), (2, " *"), (1, " o?e [ab]*"), (1, " one\\,two"), (1, " ^o.*$"),
    (1, " ^(one|two)( [a-z]+)?$"), (1, " -f  one"), (1, " \\*"), (1, " one\\=two"), (1, " /etc/x"), (1, " \\"), (1,
    " [!o]*"),
)  # fmt: skip
_tag = _weighted(
    (10, ""), (6, "NOPASSWD: "), (3, "PASSWD: "), (1, "NOPASSWD : "), (1, "NOPASSWD:"), (1, "NOEXEC: "), (1,
    "SETENV: "),
    (1, "NOPASSWD: NOEXEC: "), (1, "PASSWD: NOPASSWD: "), (1, "LOG_OUTPUT: "), (1, "FOLLOW: "), (1, "NOMAIL:"),
)  # fmt: skip
_option = _weighted(
    (300, ""), (6, "TIMEOUT=5m "), (6, "TIMEOUT=1d2h "), (6, "CWD=/tmp "), (6, "CWD=~ "), (6, "CWD=* "),
    (2, "CHROOT=* "), (1, "CHROOT=/ "), (1, "CHROOT=/opt "), (1, "CHROOT=~ "),
    (4, "ROLE=staff_r TYPE=staff_t "), (4, "TYPE = staff_t "), (4, "APPARMOR_PROFILE=unconfined "),
    (3, "PRIVS=all "), (3, "LIMITPRIVS=all "), (6, "CWD=/tmp TIMEOUT=1h NOTAFTER=20400101Z "),
    (1, "TIMEOUT=soon "), (1, "TIMEOUT=1h1d "), (1, "NOTAFTER=00000101000000Z "), (1, "CWD=tmp "),
    (1, "NOTBEFORE=never "), (1, "NOTAFTER=20401301000000Z "),
    (6, "NOTBEFORE=20400101000000+0200 NOTAFTER=20200101000000Z "), (6, "NOTAFTER=20200101000000Z "),
    (6, "NOTAFTER=20400101000000Z "), (6, "NOTBEFORE=2020010100Z "), (6, "NOTBEFORE=20400101000000+0200 "),
    (6, "NOTAFTER=20200101000000.5Z NOTBEFORE=20100101000000Z "),
)  # fmt: skip
_bang = _weighted((7, ""), (2, "!"), (1, "!!"))
_blank = _weighted((8, " "), (2, ""), (1, "\t"), (1, "  "), (1, " \\\n  "))
_default = _weighted(
    (4, "authenticate"), (5, "!authenticate"), (2, "timestamp_timeout=5"), (2, "timestamp_timeout=0"), (2,
    "timestamp_timeout=-1"),
    (1, "timestamp_timeout=2.5"), (1, 'timestamp_timeout = "30"'), (1, "!timestamp_timeout"), (1,
    "timestamp_timeout=x"),
    (2, "exempt_group=ops"), (1, "exempt_group = web"), (1, "!exempt_group"), (1, "targetpw"), (1, "rootpw"), (1,
    "!rootpw"),
    (2, "runas_default=bob"), (1, "runas_default=root"), (1, "fast_glob"), (1, "!case_insensitive_user"),
    (1, "!case_insensitive_group"), (1, "match_group_by_gid"), (1, "env_reset"), (1, "!env_reset"), (1,
    "unheard_of=1"),
    (1, 'secure_path="/usr/bin:/bin"'), (1, 'env_keep += "A B"'), (1, "authenticate=1"), (1, "use_pty"), (1,
    "exempt_group+=ops"),
    (1, 'badpass_message="a # b, c"'), (1, "passwd_tries=3"), (1, "runchroot=*"), (1, "runchroot=/opt"),
    (1, "!runchroot"), (1, "runcwd=/tmp"), (1, "ignore_dot"), (1, "command_timeout=5m"),
)  # fmt: skip


@st.composite
def _list(draw: st.DrawFn, item: st.SearchStrategy[str], most: int = 3) -> str:
    count = draw(_weighted((6, 1), (2, 2), (1, most)))
    return draw(_weighted((4, ", "), (1, ","), (1, " , "))).join(draw(_bang) + draw(item) for _ in range(count))


@st.composite
def _command(draw: st.DrawFn) -> str:
    path = draw(_path)
    if path == "sudoedit" or path.endswith("/sudoedit"):
        return path + draw(_pick(["", " /etc/x", " /etc/*", " /etc/x /opt/y"]))
    whole = path.isupper() and "/" not in path
    return path + ("" if path.endswith("/") or whole or path == "list" else draw(_arguments))


@st.composite
def _spec(draw: st.DrawFn, first: bool) -> str:
    runas = ""
    if draw(_weighted((3, True), (2 if first else 6, False))):
        inner = draw(_weighted((12, 0), (3, 1), (1, 2), (1, 3)))
        users = draw(_list(_target, 2))
        groups = draw(_list(_group, 2))
        runas = "(" + (users, f"{users}:{groups}", f":{groups}", "")[inner] + ")" + draw(_pick(["", " "]))
    rare = draw(_weighted((150, ""), (1, "sha224:d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f ")))
    return runas + draw(_option) + draw(_tag) + rare + draw(_bang) + draw(_command())


@st.composite
def _rule(draw: st.DrawFn) -> str:
    users = (
        draw(_list(_user)) if draw(_weighted((130, True), (1, False))) else draw(_pick(["+net", "%:x", "alice, +net"]))
    )
    parts = []
    for _ in range(draw(_weighted((8, 1), (1, 2)))):
        hosts = draw(_list(_host)) if draw(_weighted((130, True), (1, False))) else "10.0.0.0/8"
        specs = [draw(_spec(first=True))] + [
            draw(_spec(first=False)) for _ in range(draw(_weighted((5, 0), (3, 1), (1, 3))))
        ]
        parts.append(hosts + draw(_blank) + "=" + draw(_blank) + draw(_pick([", ", ",", ", \\\n\t"])).join(specs))
    return users + draw(_pick([" ", "\t", " \\\n "])) + draw(_pick([" : ", ":"])).join(parts)


@st.composite
def _setting(draw: st.DrawFn) -> str:
    scope = draw(_weighted((6, ""), (3, ":"), (1, "@"), (2, ">"), (2, "!")))
    bound = {
        "": st.just(""), ":": _list(_user, 2), "@": _list(_host, 2), ">": _list(_target, 2),
        "!": _list(_pick(["/opt/t/alpha", "/opt/t/beta", "CA", "/opt/t/", "ALL", "^/opt/t/a.*$"]), 2),
    }[scope]  # fmt: skip
    settings = draw(_pick([", ", ","])).join(draw(st.lists(_default, min_size=1, max_size=2)))
    return "".join(("Defaults", scope, draw(bound), draw(_pick([" ", "\t", "   "])), settings))


@st.composite
def _alias(draw: st.DrawFn) -> str:
    kind, names, items = draw(
        _pick([
            ("User", ("UA", "UB", "UC"), _user), ("Host", ("HA", "HB"), _host), ("Runas", ("RA", "RB"), _target),
            ("Cmnd", ("CA", "CB", "CC"), _command()), ("Cmd", ("CB", "CC"), _command()), ("Runas", ("RG",), _group),
        ])
    )  # fmt: skip
    name = draw(_pick(names))
    return "".join(
        (kind, "_Alias", draw(_pick([" ", "\t"])), name, draw(_blank), "=", draw(_blank), draw(_list(items)))
    )


_noise = _weighted(
    (4, "# a comment"), (3, ""), (1, "#include"), (1, "# 1000 ALL = ALL"), (1, "  # indented"), (1,
    "#includedirx /etc"),
)  # fmt: skip
_broken = _pick(
    [
        "alice",
        "alice ALL",
        "alice ALL=",
        "ALL=ALL",
        "Defaults",
        "alice ALL=(root ALL",
        "alice ALL=foo",
        '"al',
        "User_Alias UA",
    ]
)


@st.composite
def _text(draw: st.DrawFn, least: int, most: int, includes: bool) -> str:
    kinds = {"rule": _rule(), "setting": _setting(), "alias": _alias(), "noise": _noise, "broken": _broken}
    lines = []
    taken = set()
    for _ in range(draw(st.integers(least, most))):
        line = draw(
            kinds[draw(_weighted((300, "rule"), (100, "setting"), (100, "alias"), (99, "noise"), (1, "broken")))]
        )
        alias = re.match(r"(\w)\w*_Alias\s+(\w+)", line)
        if alias and alias.groups() in taken:
            continue
        if alias:
            taken.add(alias.groups())
        lines.append(
            line + draw(_weighted((10, ""), (1, " # why"), (1, " "), (1, "#x"))) if "sudoedit" not in line else line
        )
    if includes and draw(_weighted((1, True), (2, False))):
        at = draw(st.integers(0, len(lines)))
        lines.insert(at, draw(_pick([
            "@include /etc/sudoers.d/one", "#include /etc/sudoers.d/one", '@include "/etc/sudoers.d/one"',
            "@includedir /etc/sudoers.d",
            "#includedir /etc/sudoers.d", "@include sudoers.d/one", "@include /etc/nowhere",
            "@include /etc/sudoers.d/%h",
        ])))  # fmt: skip
    return "".join(line + "\n" for line in lines)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Return files and questions; aliases are defined once in all files, since sudo refuses others."""
    files = {"/etc/sudoers": draw(_text(1, 6, includes=True))}
    for name in draw(st.lists(_pick(["one", "10-x", "two.bak", "three~", "box", "Zed"]), unique=True, max_size=2)):
        files["/etc/sudoers.d/" + name] = re.sub(r"(?m)^\w+_Alias.*\n", "", draw(_text(1, 2, includes=False)))
    asks = draw(st.lists(st.tuples(
        _weighted((6, "alice"), (3, "bob"), (2, "carol"), (2, "dave"), (1, "Eve")),
        _weighted((6, "root"), (2, ""), (2, "bob"), (1, "toor"), (1, "carol"), (1, ":docker"), (1, ":web")),
        _weighted((8, "/opt/t/alpha"), (4, "/opt/t/beta"), (2, "/lnk/alpha"), (1, "/opt/u/alpha"), (1, "/opt/u/other"),
                  (1, "/opt/t/sp ace"), (1, "/opt/t/gamma"), (1, "sudoedit"), (2, "/usr/bin/env"), (1,
                  "/opt/t/co,mma")),
        _weighted((8, ""), (3, "one"), (1, "one two"), (1, "one,two"), (1, "two a"), (1, "-f one"), (1, "*"), (1,
        "/etc/x")),
    ), min_size=2, max_size=2, unique=True))  # fmt: skip
    # sudo -l takes no sudoedit without a file
    return {"files": files, "asks": [[*a[:3], a[3] or ("/etc/x" if a[2] == "sudoedit" else "")] for a in asks]}


_CONSTRUCTS = {
    "negation": r"!\s*[\w/%#^]", "alias": r"_Alias", "user id": r"#\d", "group": r"%\w", "netgroup": r"\+net|%:",
    "quotes": r'"',
    "escape": r"\\[^\n]", "continuation": r"\\\n", "tag": r"PASSWD", "option": r"\b[A-Z]+=\w",
    "CHROOT": "CHROOT|runchroot=/", "NOTBEFORE, NOTAFTER": "NOTBEFORE|NOTAFTER", "runas": r"\(",
    "runas group": r"\([^)]*:",
    "regular expression": r"\^", "glob": r"/[^\s,]*[*?\[]", "folder": r"/(?:[,\s]|$)", "arguments": r"/\w+ [\w*^-]",
    "digest": "sha224",
    "Defaults": r"Defaults\s", "Defaults:user": "Defaults:", "Defaults@host": "Defaults@",
    "Defaults>runas": "Defaults>",
    "Defaults!command": "Defaults!/|Defaults!C|Defaults!A", "include": r"[@#]include ", "includedir": r"includedir ",
    "sudoedit": "sudoedit",
    "host": r"box|other|H[AB]", "several hosts": r"=.* : ?\w+ *=", "comment": "#[a-z ]",
    "syntax error": "ALL=foo|^ALL=ALL|^alice$",
}  # fmt: skip


def constructs(case: dict[str, Any]) -> Iterator[str]:
    """Yield what a case uses."""
    text = "".join(case["files"].values())
    yield from (name for name, pattern in _CONSTRUCTS.items() if re.search(pattern, text, re.MULTILINE))
