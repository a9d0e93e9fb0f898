"""Random files of journald's configuration.

A case: ``files`` (path and text; None is a link to /dev/null), ``spans`` (time spans).
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FOLDERS = ("/etc", "/run", "/usr/local/lib", "/usr/lib")
_NAMES = ("10-a.conf", "50-b.conf", "zz.conf", "syslog.conf", "off", ".hidden.conf", "a.conf.bak", "9.conf", "Z.conf")
_LINES = (
    "[Journal]",
    "[Other]",
    "# Storage=none",
    "; Storage=none",
    "Storage=persistent",
    "Storage = volatile",
    "Storage=none \\",
    " continued",
    "ForwardToSyslog=no",
    "MaxRetentionSec=1month",
    "",
)
_UNITS = (
    *[
        "s",
        "sec",
        "second",
        "seconds",
        "m",
        "min",
        "minute",
        "minutes",
        "h",
        "hr",
        "hour",
        "hours",
        "d",
        "day",
        "days",
        "w",
        "week",
        "weeks",
    ],
    *["M", "month", "y", "years", "us", "ms"],
    "",
    "x",
    "D",
)


def cases() -> st.SearchStrategy[dict[str, Any]]:
    """Return the cases."""
    text = st.lists(st.sampled_from(_LINES), max_size=6).map(lambda lines: "\n".join(lines) + "\n")
    content = st.one_of(*[text] * 5, st.none())
    main = st.dictionaries(st.sampled_from([f"{f}/systemd/journald.conf" for f in FOLDERS]), text, max_size=3)
    names = [f"{f}/systemd/journald.conf.d/{n}" for f in FOLDERS for n in _NAMES]
    dropins = st.dictionaries(st.sampled_from(names), content, max_size=6)
    part = st.builds(
        "{}{}{}".format,
        st.sampled_from(("1", "30", "2.5", "0", "12")),
        st.sampled_from(("", " ")),
        st.sampled_from(_UNITS),
    )
    span = st.lists(part, min_size=1, max_size=3).map(" ".join)
    return st.builds(
        lambda m, d, s: {"files": {**m, **d}, "spans": s},
        main,
        dropins,
        st.lists(st.one_of(span, st.sampled_from(("infinity", "", "1h30m", "-1", "1 .5s", "5 minfoo"))), max_size=2),
    )


def constructs(case: dict[str, Any]) -> list[str]:
    """Return what a case uses."""
    files = case["files"]
    found = ["span" for _ in case["spans"]]
    names = [path.rpartition("/")[2] for path in files if "conf.d" in path]
    found += ["masked by another folder"] if len(names) != len(set(names)) else []
    found += ["link to /dev/null"] if None in files.values() else []
    found += ["several main files"] if sum("conf.d" not in path for path in files) > 1 else []
    found += ["continued line"] if any(text and "\\\n" in text for text in files.values()) else []
    return found + [path.split("/")[1] for path in files]
