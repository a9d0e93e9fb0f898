"""Random services, timers and targets, with aliases, drop-ins of every kind, resets and broken command lines."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ETC, RUN, LOCAL, VENDOR = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
)
FOLDERS = (ETC, ETC, RUN, LOCAL, VENDOR, VENDOR, "/etc/systemd/system.control", "/run/systemd/system.attached")
SERVICES = (
    "a.service",
    "b.service",
    "a-b.service",
    "a-b-c.service",
    "t@.service",
    "t@x.service",
    "u-v@.service",
    "u-v@y.service",
)
NAMES = (*SERVICES, *SERVICES, "a.timer", "b.timer", "t@x.timer", "t@.timer", "g.target")
ASKED = (
    "a.service",
    "b.service",
    "a-b.service",
    "a-b-c.service",
    "t@x.service",
    "t@z.service",
    "u-v@y.service",
    "a.timer",
)
"""What is loaded in every case."""

_pick = st.sampled_from


def _mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any], share: int) -> st.SearchStrategy[Any]:
    return st.integers(0, share).flatmap(lambda n: odd if n == share else usual)


_program = _mostly(
    _pick([*["/bin/true", "/usr/sbin/daemon", "sleep", "/bin/sh", "/opt//x/./y"] * 12, "%p", "/bin/%i"]),
    _pick(["bin/x", "/bin/", "/", ".", "/bin/..", '"/bin/a b"', '""', "/bin/x\\x41", "%k", "/a\\x01"]),
    8,
)
_prefix = _mostly(st.just(""), _pick(["-", "@", "-@", "+", "!", "!!", ":", "--", "+!", "!+", "-:+"]), 2)
_argument = _mostly(
    _pick([*["-f", "x", '"a b"', "'c d'", "\\;", "a\\x20b", '"q\\"r"'] * 4, "%n", "%%", "%I"]),
    _pick([";", "\\q", '"open', "x\\", "%k", "; /bin/two x", ";;"]),
    8,
)
_command = st.builds(
    lambda prefix, program, arguments: " ".join([prefix + program, *arguments]),
    _prefix,
    _program,
    st.lists(_argument, max_size=3),
)
_exec = st.builds(
    "{}={}".format, _pick(["ExecStart"] * 4 + ["ExecStop", "ExecStartPre"]), _mostly(_command, st.just(""), 5)
)
_setting = _pick(
    [
        *("User=nobody", "User=root", "User=", "Type=oneshot", "Type=simple", "Type=bogus", "RemainAfterExit=yes"),
        *(
            "RemainAfterExit=no",
            "Restart=always",
            "BusName=org.x.p%p.i%i",
            "Type=dbus",
            "# c",
            "; c",
            "k",
            "  User = nobody  ",
        ),
        *("User=no\\", "[Unit]\nSuccessAction=reboot\n[Service]", "[X-Y]\nUser=root\n[Service]"),
    ]
)
_condition = _pick(
    [
        *("ConditionPathExists=/etc/x", "ConditionPathExists=|!/etc/y", "ConditionPathExists=", "ConditionHost=x"),
        *(
            "ConditionPathExists=relative",
            "AssertPathExists=/etc/x",
            "ConditionKernelVersion=",
            "ConditionPathIsDirectory=!/etc",
        ),
    ]
)
_timer = _pick(
    [
        *(
            "OnCalendar=daily",
            "OnCalendar=*-*-* 6:00",
            "OnCalendar=bogus",
            "OnCalendar=",
            "OnBootSec=1min",
            "OnBootSec=x",
        ),
        *(
            "OnUnitActiveSec=1d 2h",
            "Unit=b.service",
            "OnClockChange=yes",
            "OnClockChange=",
            "OnBootSec=infinity",
            "Unit=bogus",
        ),
    ]
)
_broken = _pick(["[Service", '[Ser"vice]', "ExecStart=/bin/a\\", "[Service]x"])


@st.composite
def _text(draw: Any, name: str) -> str:
    lines: list[str] = []
    if draw(st.integers(0, 3)) == 3:
        lines += ["[Unit]", *draw(st.lists(_condition, min_size=1, max_size=3))]
    if name.endswith(".timer"):
        lines += ["[Timer]", *draw(st.lists(_timer, max_size=4))]
    elif not name.endswith(".target"):
        lines += ["[Service]", *draw(st.lists(st.one_of(_exec, _exec, _setting), min_size=1, max_size=5))]
    if draw(st.integers(0, 14)) == 14:
        lines.insert(draw(st.integers(0, len(lines))), draw(_broken))
    return "\n".join(lines) + draw(_pick(["\n", "", "\n\n"]))


@st.composite
def _unit(draw: Any) -> list[str]:
    name = draw(_pick(NAMES))
    path = f"{draw(_pick(FOLDERS))}/{name}"
    kind = draw(st.integers(0, 9))
    if kind == 9:
        target = draw(
            _pick([*NAMES, "/dev/null", "/opt/a.service", "/opt/gone", f"{VENDOR}/b.service", f"{ETC}/t@.service"])
        )
        return [path, "link", target]
    return [path, "file", "" if kind == 8 else draw(_text(name))]


@st.composite
def _dropin(draw: Any) -> list[str]:
    owner = draw(
        _pick([*SERVICES, "a-.service", "a-b-.service", "u-@.service", "u-@y.service", "service", "a.timer", "timer"])
    )
    path = f"{draw(_pick(FOLDERS))}/{owner}.d/{draw(_pick(['10.conf', '20.conf', 'x.conf', '.h.conf', 'y.txt']))}"
    kind = draw(st.integers(0, 9))
    if kind == 9:
        return [path, "link", draw(_pick(["/dev/null", "/opt/gone", "/opt/extra.conf"]))]
    return [path, "file", "" if kind == 8 else draw(_text("a.timer" if owner.endswith("timer") else "a.service"))]


_always = st.builds(lambda text: ["/opt/a.service", "file", text], _text("a.service"))
CASES = st.fixed_dictionaries(
    {
        "tree": st.tuples(st.lists(st.one_of(_unit(), _unit(), _dropin()), min_size=1, max_size=12), _always).map(
            lambda t: [*t[0], t[1]]
        )
    }
)
