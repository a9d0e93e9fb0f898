"""Table rempart_dconf, held against dconf wherever dconf-cli is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.formats import gvariant
from rempart_agent.source.contract import Constraint, Malformed, Query, SourceError
from rempart_agent.tables.linux import rempart_dconf
from rempart_agent.targets.root import RootTarget

Files = Mapping[str, str | bytes]
RootOf = Callable[[Files], RootTarget]
PROFILE = "/etc/dconf/profile/user"
LOCAL = "/etc/dconf/db/local"
needs_dconf = pytest.mark.skipif(
    not shutil.which("dconf"), reason="dconf is not installed: install dconf-cli to hold the table against the real one"
)


def _rows(target: Any, scope: str = "system") -> list[dict[str, Any]]:
    return [dict(r) for r in rempart_dconf.rows(target, Query()) if r["scope"] == scope]


def _compile(root: str, database: str) -> None:
    """Compile the key files of a database, as ``dconf update`` does."""
    path = root + database
    subprocess.run(["dconf", "compile", path, path + ".d"], check=True, capture_output=True)


KEYS = "[org/gnome/desktop/session]\nidle-delay=uint32 900\n[org/gnome/desktop/screensaver]\nlock-enabled=true\n"
LOCKS = "# c\n/org/gnome/desktop/session/idle-delay\n/org/gnome/never/set\n"


@needs_dconf
def test_what_was_compiled_is_in_force(root_of: RootOf) -> None:
    target = root_of(
        {PROFILE: "# c\nuser-db:user\nsystem-db:local\n", LOCAL + ".d/00-a": KEYS, LOCAL + ".d/locks/00": LOCKS}
    )
    _compile(target.root, LOCAL)
    source = LOCAL + ".d/00-a"
    assert [tuple(r.get(c.name) for c in rempart_dconf.COLUMNS) for r in _rows(target)] == [
        ("system", "org/gnome/desktop/screensaver", "lock-enabled", "true", None, 0, source),
        ("system", "org/gnome/desktop/session", "idle-delay", "uint32 900", 900, 1, source),
        ("system", "org/gnome/never", "set", "", None, 1, LOCAL),
    ]


@needs_dconf
def test_a_key_file_that_was_not_compiled_is_not_in_force(root_of: RootOf) -> None:
    target = root_of({PROFILE: "user-db:user\nsystem-db:local\n", LOCAL + ".d/00-a": KEYS})
    assert _rows(target) == []
    _compile(target.root, LOCAL)
    (Path(target.root + LOCAL + ".d") / "99-later").write_text("[org/gnome/desktop/session]\nidle-delay=uint32 0\n")
    os.utime(target.root + LOCAL, (5, 5))
    assert [(r["value"], r["source"]) for r in _rows(target) if r["key"] == "idle-delay"] == [("uint32 900", LOCAL)]


@needs_dconf
def test_a_database_outside_of_the_profile_is_not_in_force(root_of: RootOf) -> None:
    target = root_of({LOCAL + ".d/00-a": KEYS})
    _compile(target.root, LOCAL)
    assert _rows(target) == []
    assert [r["locked"] for r in _rows(root_of({PROFILE: "system-db:local"}))] == [1, 1]  # no user has a say


VALUES = [
    "true", "5", "-7", "uint32 900", "byte 0x1f", "int16 -3", "uint16 9", "int64 -9000000000",
    "uint64 18446744073709551615",
    "1.5", "0.1", "1e300", "-2.0", "'a'", '"it\'s"', "'back\\\\slash \\n\\t \\u00e9 \\u2028'", "'\\\"'",
    "@as []", "['a', 'b', '']", "[1, 2]", "[uint32 1, 2]", "@a{sv} {}", "{'a': <1>, 'b': <'x'>}", "{uint32 1: 2.0}",
    "(1, 'a')", "(true,)", "()", "((1, 's'), [('a', uint32 2)])", "<uint32 3>", "<<'x'>>", "b'bytes'", "b'\\x01\\xff'",
    "[byte 0x01, 0x02]", "@ms nothing", "@ms 'x'", "@mmi just nothing", "@mi 3", "[@mi 1, nothing]",
    "objectpath '/a/b'",
    "signature 'a{sv}'", "[['a'], [], ['b', 'c']]", "[true, false]", "[(1, byte 0x02), (3, 4)]", "@(yi) (1, 2)",
    "['" + "x" * 300 + "', 'y']", "@a(sv) [('a', <1.0>)]", "handle 3", "{'k': {'l': ['m']}}",
]  # fmt: skip
NAMES = ["a/k", "a/l", "a/b/k", "c/d/long-name", "z"]
ENTRIES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=5)
LOCKED = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)


def _key_file(entries: Mapping[str, str]) -> str:
    lines = []
    for name, value in entries.items():
        path, _, key = name.rpartition("/")
        lines += [f"[{path or '/'}]", f"{key}={value}"]
    return "\n".join(lines) + "\n"


def _dconf(home: Path, *arguments: str) -> str:
    environment = {"DCONF_PROFILE": str(home / "profile"), "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    environment.update({"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    return subprocess.run(["dconf", *arguments], env=environment, capture_output=True, text=True, check=True).stdout


def _dump(text: str) -> dict[str, str]:
    found, section = {}, ""
    for line in text.split("\n"):
        if line.startswith("["):
            section = line[1:-1].strip("/")
        elif "=" in line:
            key, _, value = line.partition("=")
            found[f"{section}/{key}".lstrip("/")] = value
    return found


@needs_dconf
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(databases=st.lists(st.tuples(ENTRIES, LOCKED), min_size=1, max_size=3))
def test_dconf_reads_the_same_values_and_locks(
    databases: list[tuple[dict[str, str], list[str]]], root_of: RootOf, tmp_path: Path
) -> None:
    files = {PROFILE: "user-db:user\n" + "".join(f"system-db:d{n}\n" for n in range(len(databases)))}
    for number, (entries, locks) in enumerate(databases):
        files[f"/etc/dconf/db/d{number}.d/00"] = _key_file(entries)
        files[f"/etc/dconf/db/d{number}.d/locks/00"] = "".join(f"/{lock}\n" for lock in locks)
    target = root_of(files)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    for number in range(len(databases)):
        _compile(target.root, f"/etc/dconf/db/d{number}")
    (home / "profile").write_text(
        "user-db:user\n" + "".join(f"file-db:{target.root}/etc/dconf/db/d{n}\n" for n in range(len(databases)))
    )
    rows = _rows(target)
    names = {f"{r['path']}/{r['key']}".lstrip("/"): r for r in rows}
    assert {n: r["value"] for n, r in names.items() if r["value"]} == _dump(_dconf(home, "dump", "/"))
    assert sorted("/" + n for n, r in names.items() if r["locked"]) == sorted(_dconf(home, "list-locks", "/").split())


@needs_dconf
@pytest.mark.parametrize("value", VALUES)
def test_every_kind_of_value_has_dconfs_text(value: str, root_of: RootOf, tmp_path: Path) -> None:
    target = root_of({PROFILE: "user-db:user\nsystem-db:local\n", LOCAL + ".d/0": f"[a]\nk={value}\n"})
    _compile(target.root, LOCAL)
    (tmp_path / "profile").write_text(f"file-db:{target.root}{LOCAL}\n")
    assert _rows(target)[0]["value"] == _dconf(tmp_path, "read", "/a/k").rstrip("\n")


def test_a_later_override_is_the_default(root_of: RootOf) -> None:
    folder = rempart_dconf.SCHEMAS
    target = root_of(
        {
            folder + "/10_a.gschema.override": "[org.gnome.desktop.session]\nidle-delay = uint32 300\n# x=1\n\n"
            "[org.gnome.desktop.session:GNOME]\nidle-delay=uint32 60\n",
            folder + "/90_b.gschema.override": "[org.gnome.desktop.session]\nidle-delay=600\n",
            folder + "/x.gschema.xml": "<a/>",
        }
    )
    assert [tuple(r.get(c.name) for c in rempart_dconf.COLUMNS) for r in _rows(target, "default")] == [
        ("default", "org/gnome/desktop/session", "idle-delay", "600", 600, 0, folder + "/90_b.gschema.override"),
        (
            "default",
            "org/gnome/desktop/session:GNOME",
            "idle-delay",
            "uint32 60",
            60,
            0,
            folder + "/10_a.gschema.override",
        ),
    ]


@needs_dconf
def test_the_login_screen_has_a_profile_of_its_own_which_is_read_only_when_asked(root_of: RootOf) -> None:
    gdm = "/etc/dconf/db/gdm"
    target = root_of({"/etc/dconf/profile/gdm": "user-db:user\nsystem-db:gdm\n", gdm + ".d/00-a": KEYS})
    _compile(target.root, gdm)
    assert [(r["key"], r["value"]) for r in _rows(target, "greeter")] == [
        ("lock-enabled", "true"),
        ("idle-delay", "uint32 900"),
    ]
    assert _rows(target) == []
    Path(target.root + gdm).write_bytes(b"damaged")
    asked = Query(constraints=(Constraint("scope", "=", ("system",)),))
    assert list(rempart_dconf.rows(target, asked)) == []


def test_without_dconf_there_are_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/passwd": ""})) + _rows(root_of({}), "default") == []


def test_a_damaged_database_is_no_empty_answer(root_of: RootOf) -> None:
    for data in (b"", b"GVariant", b"GVariant" + bytes(16), b"x" * 100):
        with pytest.raises(Malformed):
            _rows(root_of({PROFILE: "user-db:user\nsystem-db:local\n", LOCAL: data}))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if not shutil.which("dconf"):
        pytest.skip("dconf is not installed: there is no compiled database to damage")
    folder = tmp_path_factory.mktemp("dconf")
    (folder / "d" / "locks").mkdir(parents=True)
    names = {f"k{n}/v": value for n, value in enumerate(VALUES) if "\\x" not in value}
    (folder / "d" / "0").write_text(_key_file(names))
    (folder / "d" / "locks" / "0").write_text("/k1/v\n/k2/v\n")
    subprocess.run(["dconf", "compile", folder / "db", folder / "d"], check=True)
    return (folder / "db").read_bytes()


@settings(max_examples=300, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4),
    cut=st.integers(0, 64),
)
def test_damage_is_an_error_or_other_values_but_never_a_crash(
    changes: list[tuple[int, int]], cut: int, database: bytes
) -> None:
    damaged = bytearray(database)
    for at, byte in changes:
        damaged[at % len(damaged)] = byte
    try:
        values, locks = rempart_dconf.parse_database(bytes(damaged[: len(damaged) - cut]))
    except SourceError:
        return
    assert all(name.startswith("/") for name in values)
    assert isinstance(locks, list)


@given(
    st.binary(max_size=60),
    st.sampled_from(["s", "as", "a{sv}", "(sas)", "mi", "ay", "d", "v", "a(yx)", "", "a", "{", "((("]),
)
def test_any_bytes_are_shown_or_malformed(data: bytes, kind: str) -> None:
    for swapped in (False, True):
        try:
            assert gvariant.show_variant(data + b"\0" + kind.encode(), swapped)
        except Malformed:
            continue


def test_deep_nesting_is_refused() -> None:
    for kind in ("a" * 200 + "s", "(" * 200 + ")" * 200, "m" * 100 + "i"):
        with pytest.raises(Malformed):
            gvariant.show_variant(b"x\0" + kind.encode())
    nested = b"a\0\0s"
    for _ in range(100):
        nested += b"\0v"
    with pytest.raises(Malformed):
        gvariant.show_variant(nested)


def test_big_endian_numbers_are_read() -> None:
    assert gvariant.show_variant(b"\0\0\x03\x84\0u", swapped=True) == "uint32 900"


@pytest.mark.parametrize(
    ("text", "number"),
    [("uint32 900", 900), ("-5", -5), ("byte 0x1f", 31), ("1.5", None), ("true", None), ("'5'", None), ("[5]", None)],
)
def test_whole_numbers_are_numbers(text: str, number: int | None) -> None:
    assert gvariant.number_of(text) == number
