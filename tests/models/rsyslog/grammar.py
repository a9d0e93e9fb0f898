"""Random configurations of rsyslog, and the messages that are sent through them.

A case: ``main`` and ``files`` (the texts; ``{DIR}`` is the folder that they lie in), and ``messages`` (priority, tag,
text). Actions send to 127.0.0.1, UDP ports from 2000 on, TCP ports from 2100 on, or write files ``{DIR}/out-N``.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

PORTS = 8
MESSAGES = (
    (6, "kernel:", "device eth0 up"),
    (13, "alpha:", "m one needle"),
    (19, "beta[77]:", "m two"),
    (28, "gamma-daemon:", "m three Needle 42"),
    (38, "sshd[12]:", "Accepted publickey for root"),
    (79, "cron:", "(root) CMD x"),
    (85, "sudo:", "alice : COMMAND=/bin/sh"),
    (134, "alpha[3]:", "m four haystack"),
    (184, "beta:", "m five emergency"),
    (190, "local.app:", ""),
)
_FACILITIES = (
    "*",
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "authpriv",
    "cron",
    "local0",
    "local7",
    "auth,authpriv",
    "security",
)
_PRIORITIES = (
    "*",
    "none",
    "info",
    "err",
    "=info",
    "!err",
    "!=notice",
    "debug",
    "emerg",
    "warn",
    "=emerg",
    "!*",
    "!none",
)
_WORDS = ("needle", "Needle", "m ", "alpha", "beta", "sshd", "root", "zzz", "42", "COMMAND", "")
_VARIABLES = ("$msg", "$programname", "$syslogtag", "$syslogfacility-text", "$syslogseverity-text")


def _selector() -> st.SearchStrategy[str]:
    facility = st.sampled_from(_FACILITIES)
    plain = st.builds("{}.{}".format, facility, st.sampled_from([p for p in _PRIORITIES if "!" not in p]))
    less = st.builds("{}.{}".format, facility, st.sampled_from([p for p in _PRIORITIES if "!" in p]))
    # "mail.!err" where nothing of mail was taken before depends on the version
    all_but = less.map("*.*;{}".format)
    rarely = st.integers(0, 120).flatmap(lambda n: less if n == 77 else plain)
    return st.builds(
        lambda one, more: ";".join([one, *more]), st.one_of(plain, plain, all_but), st.lists(rarely, max_size=2)
    )


def _forward(protocol: str, port: int, options: str) -> str:
    return f"{'@@' if protocol == 'tcp' else '@'}{options}127.0.0.1:{port + (2100 if protocol == 'tcp' else 2000)}"


def _action() -> st.SearchStrategy[str]:
    port = st.integers(0, PORTS - 1)
    protocol = st.sampled_from(("udp", "udp", "udp", "tcp"))
    line = st.builds(_forward, protocol, port, st.sampled_from(("", "", "(o)", "(z5)")))
    suffix = st.sampled_from(("", "", ";RSYSLOG_ForwardFormat", ";whole", "  # a comment"))
    old = st.builds("{}{}".format, line, suffix)
    enabled = st.sampled_from(("", "", "", ' config.enabled="off"', ' config.enabled="on"', ' Config.Enabled="no"'))
    new = st.builds(
        lambda how, where, more: (
            f'action(type="omfwd" target="127.0.0.1" port="{where + (2100 if how == "tcp" else 2000)}" '
            f'protocol="{how}"{more})'
        ),
        protocol,
        port,
        st.one_of(
            enabled,
            st.sampled_from(
                (
                    ' queue.type="LinkedList" queue.timeoutShutdown="9000" # why\n',
                    ' template="whole"',
                    ' action.resumeRetryCount="-1" /* ) */',
                    ' action.execOnlyWhenPreviousIsSuspended="off"',
                )
            ),
        ),
    )
    file = st.integers(0, 3).map(lambda n: f"-{{DIR}}/out-{n}")
    new_file = st.integers(0, 3).map(lambda n: f'action(type="omfile" file="{{DIR}}/out-{n}")')
    return st.one_of(old, old, new, new, file, new_file)


def _text(word: str) -> str:
    return "'" + word + "'" if "N" in word else '"' + word + '"'


def _comparison() -> st.SearchStrategy[str]:
    text = st.builds(
        lambda v, o, w: f"{v} {o} {_text(w)}",
        st.sampled_from(_VARIABLES),
        st.sampled_from(("contains", "contains_i", "startswith", "==", "!=", "<>", "startswith_i")),
        st.sampled_from((*_WORDS, "auth", "err", "info")),
    )
    number = st.builds(
        "{} {} {}".format,
        st.sampled_from(("$syslogseverity", "$syslogfacility", "$pri")),
        st.sampled_from(("<=", "<", ">", ">=", "==", "!=")),
        st.sampled_from(("4", "0x6", "012", "'3'", "19")),
    )
    listed = st.builds(
        lambda v, o: f"{v} {o} ['alpha', 'sshd', \"m \"]",
        st.sampled_from(_VARIABLES),
        st.sampled_from(("==", "!=", "contains", "startswith")),
    )
    function = _selector().map(lambda s: f'prifilt("{s}")')
    dark = st.sampled_from(
        ("$hostname == 'nowhere'", "re_match($msg, 'n.*e')", "$.x == 1", "$fromhost-ip == '9.9.9.9'")
    )
    return st.one_of(*[text] * 6, *[number] * 3, *[listed] * 2, *[function] * 2, dark_rarely(dark))


def dark_rarely(dark: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a condition that is unknown to the model, once in a while."""
    known = st.sampled_from(("$programname == 'alpha'", "$fromhost-ip == '127.0.0.1'", "$app-name == 'sshd'"))
    return st.integers(0, 400).flatmap(lambda n: dark if n == 277 else known)


def _condition() -> st.SearchStrategy[str]:
    return st.recursive(
        _comparison(),
        lambda inner: st.one_of(
            st.builds("{} {} {}".format, inner, st.sampled_from(("and", "or", "AND")), inner),
            inner.map("({})".format),
            inner.map("not ({})".format),
        ),
        max_leaves=4,
    )


def _property() -> st.SearchStrategy[str]:
    return st.builds(
        lambda n, o, w: f':{n}, {o}, "{w}"',
        st.sampled_from(("msg", "programname", "syslogtag", "syslogfacility-text", "syslogseverity")),
        st.sampled_from(("contains", "!contains", "isequal", "!isequal", "startswith", "!startswith")),
        st.sampled_from((*_WORDS, "4", 'a\\"b')),
    )


def _then(filter_: str, block: str) -> str:
    return f"{filter_} {block}"


def _noise() -> st.SearchStrategy[str]:
    return st.sampled_from(
        (
            "# *.* @127.0.0.1:2001",
            "/* *.* @127.0.0.1:2002\n*.* @127.0.0.1:2003 */",
            "$ActionQueueType Direct",
            'set $.a = "b";',
            "unset $.a;",
            "/* x */ # y",
            'global(processInternalMessages="off")',
        )
    )


def _script(depth: int) -> st.SearchStrategy[str]:
    return st.lists(_statement(depth), min_size=1, max_size=3).map("\n".join)


def _ends() -> st.SearchStrategy[str]:
    return st.sampled_from(("stop", "~", "call sub", "call other", "call queued", "call nowhere", "continue"))


def _statement(depth: int) -> st.SearchStrategy[str]:
    act = _action()
    chain = st.lists(st.one_of(act, act, _ends()), min_size=1, max_size=3).map("\n& ".join)
    filtered = st.builds(_then, st.one_of(_selector(), _property()), chain)
    simple = [filtered, filtered, filtered, act, st.one_of(act, act, _ends())]
    if depth <= 0:
        return st.one_of(*simple)
    block = _script(depth - 1).map("{{\n{}\n}}".format)
    branch = st.one_of(block, block, chain)
    head = st.one_of(_condition().map("if {} then".format))
    one = st.builds(_then, head, branch)
    two = st.builds("{} {} else {}".format, head, block, branch)
    more = st.builds("{} {} else {} {}".format, head, block, head, block)
    selected = st.builds(_then, st.one_of(_selector(), _property()), block)
    return st.one_of(*simple, one, two, more, selected, one, two)


def _joined(lines: list[str], split: bool) -> str:
    text = "\n".join(lines) + "\n"
    return re.sub(r"(\n[a-z*]+\.[a-z*=!]+) (?=@)", "\\1 \\\\\n   ", text) if split else text


def _first() -> st.SearchStrategy[str]:
    """Return the first statement of a ruleset: where rsyslogd drops it, calls of the ruleset are a matter of chance."""
    plain = st.sampled_from(("*.* @127.0.0.1:2006", "user.* -{DIR}/out-3", "mail.err stop"))
    return st.integers(0, 60).flatmap(lambda n: _action() if n == 33 else plain)


def _ruleset(name: str, more: str, endless: str) -> st.SearchStrategy[str]:
    """Return a ruleset that calls none of those that would call it again."""
    body = st.builds("{}\n{}".format, _first(), _script(1)).map(lambda s: re.sub(rf"call ({endless})\b", "stop", s))
    return body.map(lambda s: f'ruleset(name="{name}"{more}) {{\n{s}\n}}')


def cases() -> st.SearchStrategy[dict[str, Any]]:
    """Return the cases."""
    lines = st.lists(st.one_of(*[_statement(2)] * 5, _noise()), min_size=1, max_size=5)
    included = st.lists(st.one_of(*[_statement(1)] * 4, _noise()), max_size=3)
    include = st.sampled_from(
        (
            "$IncludeConfig {DIR}/d/*.conf",
            'include(file="{DIR}/d/*.conf")',
            'include(file="{DIR}/d/10.conf" mode="optional")',
        )
    )
    old_ruleset = st.sampled_from(
        ("", "", "", "$RuleSet old\n*.* @127.0.0.1:2005\n", "$RuleSet old\n$RuleSet RSYSLOG_DefaultRuleset\n")
    )
    default = st.sampled_from(("", "", "", "", "$DefaultRuleset sub\n", 'global(defaultRuleset="other")\n'))

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        first = draw(lines)
        if draw(st.booleans()):
            first.insert(draw(st.integers(0, len(first))), draw(include))
        main = [
            'template(name="whole" type="string" string="<%pri%>%programname% %msg%\\n")',
            draw(_ruleset("sub", "", "sub|other|queued")),
            draw(_ruleset("other", "", "other|queued")),
            draw(_ruleset("queued", ' queue.type="LinkedList" queue.timeoutShutdown="9000"', "queued")),
            draw(old_ruleset) + draw(default),
            *first,
        ]
        files = {
            "10.conf": _joined(draw(included), False),
            "20.conf": _joined(draw(included), False),
            "x.txt": "*.* ~\n",
        }
        return {"main": _joined(main, draw(st.booleans())), "files": files, "messages": [list(m) for m in MESSAGES]}

    return build()


_CONSTRUCTS = {
    "legacy selector": r"(?m)^[a-z*,0-9]+\.[^ ]* [-@{&]",
    "property filter": r"(?m)^:",
    "condition": r"\bif ",
    "else": r"\belse\b",
    "and/or without brackets": r" (or|and|AND) [^)]* (or|and|AND) ",
    "not": r"\bnot ",
    "list": r"\['",
    "prifilt": r"prifilt",
    "block": r"\{\n",
    "ruleset": r"call (sub|other)",
    "ruleset with a queue": r"call queued",
    "call of nothing": r"call nowhere",
    "stop": r"\bstop\b",
    "discard": r"~",
    "chain": r"(?m)^& ",
    "comment": r"(?m)^#|  #",
    "/* */": r"/\*",
    "include": r"(?i)\$?include",
    "config.enabled": r"(?i)config\.enabled",
    "template": r"whole",
    "continued line": r"\\\n",
    "default ruleset": r"(?i)defaultruleset (sub)|defaultRuleset=",
    "$RuleSet": r"\$RuleSet",
    "tcp": r"@@|\"tcp\"",
    "unknown condition": r"re_match|\$hostname|\$\.x ==|fromhost",
}


def constructs(case: dict[str, Any]) -> list[str]:
    """Return what a case uses."""
    text = case["main"].partition("\n")[2] + "".join(case["files"].values())
    return [name for name, pattern in _CONSTRUCTS.items() if re.search(pattern, text)]
