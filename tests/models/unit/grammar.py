"""Random trees of units and calendar expressions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ETC, RUN, LOCAL, VENDOR = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
)
GENERATED = "/run/systemd/generator"
FOLDERS = (
    *(ETC, ETC, ETC, RUN, LOCAL, VENDOR, VENDOR, VENDOR, GENERATED, "/run/systemd/generator.late"),
    *("/run/systemd/generator.early", "/run/systemd/transient", "/etc/systemd/system.control"),
    *("/run/systemd/system.control", "/etc/systemd/system.attached", "/run/systemd/system.attached"),
)
NAMES = (
    *("a.service", "a.service", "b.service", "a-b.service", "a@.service", "a@x.service", "b@.service", "b@y.service"),
    *("a.timer", "a.socket", "t.target", "a.path", "m.mount", "s@.slice", "c.slice"),
)
ODD_NAMES = ("a.txt", "@x.service", "a b.service", "a\\x2db.service", ".service", "a@x@y.service", "A:_.target")
ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
)

_pick = st.sampled_from


def _mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any], share: int = 20) -> st.SearchStrategy[Any]:
    return st.integers(0, share).flatmap(lambda n: odd if n == share else usual)


_name = _mostly(_pick(NAMES), _pick(ODD_NAMES))
_folder = _pick(FOLDERS)
_unit_word = _pick([*NAMES, "multi-user.target", "%p-x.service", "%N.service", "b@%i.service", "%%.service"])
_words = st.lists(_unit_word, min_size=0, max_size=3).map(" ".join)
_odd_words = _pick(
    ['"a.service" b.service', "'a.service", "a.service\\", "%q.service", "%z", "a/b", "b.service  a.service"]
)
_value = _mostly(_words, _odd_words, 12)
_install = st.tuples(_pick(["Alias", "WantedBy", "WantedBy", "RequiredBy", "UpheldBy", "Also"]), _value).map("=".join)
_default = _mostly(_pick(["x", "y", "", "%i", "%p"]), _pick(["a b", "%y", "%H"]), 8).map("DefaultInstance={}".format)
_noise = _pick(
    ["# c", "; c", "", "  ", "[Unit]", "[Install]", "[X-Own]", "Description=a \\", "k", "=v", " WantedBy = t.target "]
)
_broken = _pick(["[Install", '[In"stall]', "[Install] x", "\ufeff[Install]", "\\", "WantedBy=t.target\\", "\\ "])
_line = st.one_of(_install, _install, _install, _default, _noise, _mostly(_noise, _broken, 6))
_end = _mostly(st.just("\n"), _pick(["\r\n", "\r", "\0", "\n\n"]), 30)
_text = st.builds(
    lambda head, lines, end, last: end.join([*head, *lines]) + last,
    _mostly(st.just(["[Install]"]), st.just([]), 6),
    st.lists(_line, max_size=5),
    _end,
    _pick(["\n", ""]),
)
_plain = _pick(["[Unit]\nDescription=x\n", "[Service]\nExecStart=/bin/true\n", "[Timer]\nOnCalendar=daily\n"])
_target = st.one_of(
    _name,
    st.tuples(_folder, _name).map("/".join),
    st.tuples(_pick(["/opt", "/srv/units", "/lib/systemd/system", "/usr/lib/systemd/system/sub"]), _name).map("/".join),
    _pick(
        [
            "/dev/null",
            "/dev/null",
            "/dev/zero",
            "/etc",
            "../../../usr/lib/systemd/system/a.service",
            "./b.service",
            "/opt/empty",
        ]
    ),
)
_content = st.one_of(
    st.tuples(st.just("file"), _text),
    st.tuples(st.just("file"), _text),
    st.tuples(st.just("file"), _plain),
    st.tuples(st.just("link"), _target),
    st.tuples(st.just("file"), st.just("")),
    _mostly(st.tuples(st.just("file"), _text), st.just(("folder", "")), 8),
)
_unit = st.builds(lambda folder, name, content: [f"{folder}/{name}", *content], _folder, _name, _content)
_pull = st.builds(
    lambda folder, owner, how, name, content: [f"{folder}/{owner}.{how}/{name}", *content],
    _folder,
    _pick(["t.target", "multi-user.target", "a.service", "a@.service", "nosuch"]),
    _pick(["wants", "wants", "wants", "requires", "upholds", "uses"]),
    _name,
    _mostly(st.tuples(st.just("link"), _target), _content, 8),
)
_dropin = st.builds(
    lambda folder, owner, file, content: [f"{folder}/{owner}.d/{file}", *content],
    _folder,
    _pick([*NAMES, "service", "a-.service"]),
    _pick(["10.conf", "20.conf", "x.conf", "x.txt", ".conf"]),
    st.one_of(st.tuples(st.just("file"), _text), _mostly(st.tuples(st.just("file"), _text), _content, 4)),
)
_outside = st.builds(
    lambda folder, name, text: [f"{folder}/{name}", "file", text], _pick(["/opt", "/srv/units"]), _pick(NAMES), _text
)
_rule = _pick(
    [
        *(
            "enable a.service",
            "disable *",
            "disable a*",
            "enable a@.service x y",
            "enable [ab].service",
            "ignore b.service",
        ),
        *(
            "disable a@x.service",
            "# enable *",
            "enable\ta.timer",
            "  disable b.service  ",
            "enabled a.service",
        ),
        *("enable b.service x", "disable *.timer", "enable a\\.service", "disable a?b.service"),
    ]
)
_preset = st.builds(
    lambda folder, name, lines: [f"{folder}/systemd/system-preset/{name}", "file", "\n".join(lines) + "\n"],
    _pick(["/etc", "/run", "/usr/local/lib", "/usr/lib"]),
    _pick(["10.preset", "90.preset", "99-default.preset", "x.conf"]),
    st.lists(_rule, max_size=4),
)
_OWNERS = ("t.target", "multi-user.target", "a.service")


@st.composite
def _story(draw: Any) -> list[list[str]]:
    """Return one unit with what belongs to it: its aliases, what pulls it in, what is added to it."""
    ending = draw(_pick(["service", "service", "service", "timer", "socket", "slice", "slice"]))
    name = draw(_pick(["a", "b", "a@", "a@", "a@x", "a-b"])) + "." + ending
    stem = name.split(".")[0].partition("@")[0]
    other = draw(_pick(["b", "c", "b@", "b@x", "b@y", "a@x", "a@y", stem + "@x"])) + "." + ending
    folder, second, third = (draw(_pick([ETC, ETC, RUN, LOCAL, VENDOR, VENDOR])) for _ in range(3))
    lines = [
        f"Alias={other}", f"Also={other}", "WantedBy=multi-user.target", "UpheldBy=a.service", "RequiredBy=t.target",
        "DefaultInstance=x", "DefaultInstance=", "DefaultInstance=a/b", "Alias=", "WantedBy=",
        f"Alias={other}\nAlias=", "WantedBy=t.target\nWantedBy=",
    ]  # fmt: skip
    chosen = draw(st.lists(_pick(lines), max_size=draw(_pick([1, 1, 3]))))
    place = draw(_pick([folder, folder, folder, "/opt", "/srv/units"]))
    made = [[f"{place}/{name}", "file", "\n".join(["[Install]", *chosen]) + "\n"]]
    if place != folder:
        made.append([f"{folder}/{name}", "link", f"{place}/{name}"])
    if draw(st.booleans()):
        to = draw(
            _pick([f"{folder}/{name}", f"../../../..{folder}/{name}", name if second == folder else f"{folder}/{name}"])
        )
        made.append([f"{second}/{other}", "link", to])
    if draw(st.booleans()):
        pulled = draw(_pick([name, name, other, f"{stem}@x.{ending}"]))
        how, owner = draw(_pick(["wants", "wants", "requires", "upholds"])), draw(_pick(_OWNERS))
        made.append([f"{second}/{owner}.{how}/{pulled}", "link", f"{folder}/{draw(_pick([name, other]))}"])
    if draw(st.booleans()):
        owner = draw(_pick([name, f"{stem}@.{ending}", other, ending]))
        text = "\n".join(["[Install]", *draw(st.lists(_pick(lines), min_size=1, max_size=2))]) + "\n"
        made.append([f"{third}/{owner}.d/{draw(_pick(['10.conf', '20.conf']))}", "file", text])
    if draw(st.integers(0, 7)) == 0:
        made.append([f"{third}/{name}", *draw(_pick([("link", "/dev/null"), ("file", "")]))])
    if draw(st.integers(0, 5)) == 0:  # one link after another
        third_name = draw(_pick(["c", "d"])) + "." + ending
        made.append([f"{third}/{third_name}", "link", f"{second}/{other}"])
    return made


_loose = st.lists(st.one_of(_unit, _unit, _unit, _pull, _pull, _dropin, _outside, _preset), min_size=1, max_size=14)
_stories = st.lists(_story(), min_size=1, max_size=3).map(lambda parts: [entry for part in parts for entry in part])
_tree = st.one_of(_loose, _stories, st.tuples(_stories, _loose).map(lambda both: [*both[0], *both[1][:4]]))


def _number(low: int, high: int) -> st.SearchStrategy[str]:
    usual = st.integers(low, high).flatmap(lambda n: _pick([str(n), f"{n:02d}"]))
    return _mostly(usual, st.integers(0, 99).map(str), 40)


@st.composite
def _component(draw: Any, low: int, high: int, *, seconds: bool) -> str:
    def one() -> str:
        fraction = (
            _pick([".5", ".000001", ".1234567", "."]) if draw(st.integers(0, 5)) == 5 and seconds else st.just("")
        )
        return str(draw(_number(low, high)) + draw(fraction))

    found = one()
    if draw(st.integers(0, 3)) == 3:
        found += ".." + one()
    if draw(st.integers(0, 3)) == 3:
        found += f"/{draw(st.integers(0, max(1, high // 2)))}"
    return found


def _chain(low: int, high: int, *, seconds: bool = False) -> st.SearchStrategy[str]:
    many = st.lists(_component(low, high, seconds=seconds), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), many, many)


_day = _pick(["Mon", "tue", "Wednesday", "Thu", "FRI", "Saturday", "Sun"])
_weekdays = st.lists(
    st.tuples(_day, _mostly(_pick([",", "..", "-"]), _pick([", ", "."]), 20)), min_size=1, max_size=3
).map(lambda days: "".join(day + join for day, join in days)[: -len(days[-1][1])])
_year = _pick(["*", "*", "2020..2040", "2030", "31", "1999", "2199"])
_date = st.one_of(
    st.tuples(_chain(1, 12), _pick("---~"), _chain(1, 31)).map("".join),
    st.tuples(_year, _mostly(st.just("-"), st.just("~")), _chain(1, 12), _pick("---~"), _chain(1, 31)).map("".join),
)
_time = st.one_of(
    st.tuples(_chain(0, 23), _chain(0, 59)).map(":".join),
    st.tuples(_chain(0, 23), _chain(0, 59), _chain(0, 59, seconds=True)).map(":".join),
)
_named = _pick(
    [
        *("minutely", "hourly", "DAILY", "weekly", "monthly", "quarterly", "yearly", "annually", "anually"),
        *(
            "semiannually",
            "biannually",
            "bi-annually",
            "semi-annually",
            "@1800000000",
            "@0",
            "@",
            "never",
            "*",
            "12",
            "*-*",
        ),
    ]
)
_zone = st.one_of(
    st.just(""), st.just(""), _pick(ZONES).map(" {}".format), _pick([" utc", " Europe/Nowhere", " ", "x", ","])
)


@st.composite
def _expression(draw: Any) -> str:
    kind = draw(st.integers(0, 11))
    parts = [draw(_named)] if kind == 0 else []
    if kind:
        parts += [draw(_weekdays)] if draw(st.integers(0, 3)) == 3 else []
        parts += [draw(_date)] if draw(st.integers(0, 3)) else []
        parts += [draw(_time)] if draw(st.integers(0, 3)) else []
    return str(draw(_pick([" ", " ", "  "])).join(parts) + draw(_zone))


def _change(year: int, month: int, day: int, second: int) -> int:
    from datetime import UTC, datetime

    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) + second


_base = st.one_of(
    st.integers(1_600_000_000, 2_000_000_000),
    st.builds(
        _change, st.integers(2021, 2035), _pick([3, 10, 4, 11, 2, 12, 1]), st.integers(1, 28), st.integers(0, 400_000)
    ),
)
CASES = st.fixed_dictionaries(
    {
        "tree": _tree,
        "names": st.lists(_name, max_size=2),
        "calendar": st.lists(_expression(), min_size=1, max_size=4),
        "base": _base,
        "zone": _pick(ZONES),
    }
)
