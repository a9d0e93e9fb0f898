r"""Table registry, of hives: what osquery shows of each type (queryKey of registry.cpp), and which keys LIKE means."""

from __future__ import annotations

from typing import Any

import pytest
from rempart_testing.windows_system import CONFIG, SID, files, hive, software, system, target

from rempart_agent.source.contract import Constraint, Malformed, NotObservable, Query
from rempart_agent.tables.windows import registry

LOCAL = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Types"
TYPES: dict[str, Any] = {
    "": "default",
    "text": "a",
    "expand": (2, "%SystemRoot%\\x\0".encode("utf-16-le")),
    "bytes": b"\x01\xff",
    "negative": (4, b"\xff\xff\xff\xff"),
    "big": (5, b"\0\0\1\0"),
    "eight": (11, b"\xff" * 8),
    "list": ["a", "b"],
    "none": (0, b"x"),
    "other": (99, b"x"),
    "empty": (3, b""),
    "Below": {},
}


def ask(op: str, column: str, *values: str, keys: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    content = files(system_keys=keys)
    return [dict(row) for row in registry.rows(target(content), Query(frozenset(), (Constraint(column, op, values),)))]


def types() -> dict[str, Any]:
    keys = system()
    keys["ControlSet002"]["Types"] = TYPES
    return keys


def test_each_type_is_shown_as_osquery_shows_it() -> None:
    found = {row["name"]: (row["type"], row["data"]) for row in ask("=", "key", LOCAL, keys=types())}
    assert found == {
        "Below": ("subkey", ""),
        "(Default)": ("REG_SZ", "default"),
        "text": ("REG_SZ", "a"),
        "expand": ("REG_SZ", "C:\\WINDOWS\\x"),
        "bytes": ("REG_BINARY", "01FF"),
        "negative": ("REG_DWORD", "-1"),
        "big": ("REG_DWORD_BIG_ENDIAN", "256"),
        "eight": ("REG_QWORD", "18446744073709551615"),
        "list": ("REG_MULTI_SZ", "a,b"),
        "none": ("REG_NONE", "(zero-length binary value)"),
        "other": ("UNKNOWN", ""),
        "empty": ("REG_BINARY", ""),
    }


def test_a_number_of_the_wrong_length_is_an_error() -> None:
    keys = system()
    keys["ControlSet002"]["Types"] = {"odd": (4, b"\1\2")}
    with pytest.raises(Malformed):
        ask("=", "key", LOCAL, keys=keys)


def test_a_key_is_shown_as_it_was_asked_and_a_path_names_its_key() -> None:
    rows = ask("=", "key", LOCAL.lower(), "HKEY_LOCAL_MACHINE\\SYSTEM\\Nothing", keys=types())
    assert {row["key"] for row in rows} == {LOCAL.lower()}
    assert {row["path"] for row in ask("=", "path", LOCAL + "\\text", keys=types())} >= {LOCAL + "\\text", LOCAL + "\\"}
    assert rows[0]["mtime"] == 1655526400


def test_a_percent_stands_for_the_keys_of_one_level_and_two_at_the_end_for_all_below() -> None:
    services = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
    keys = {row["key"] for row in ask("LIKE", "key", services + "\\w%")}
    assert services + "\\wuauserv" in keys
    assert services + "\\wuauserv\\Parameters" not in keys
    keys = {row["key"] for row in ask("LIKE", "key", services + "\\%%")}
    assert services + "\\wuauserv\\Parameters" in keys
    assert {row["key"] for row in ask("LIKE", "path", services + "\\%\\Parameters\\%")} == {
        services + "\\wuauserv\\Parameters"
    }
    rows = ask("LIKE", "key", "HKEY_USERS\\%\\Control Panel\\Desktop")
    assert [(row["key"], row["data"]) for row in rows] == [(f"HKEY_USERS\\{SID}\\Control Panel\\Desktop", "1")]


def test_without_a_profile_the_settings_of_users_can_not_be_observed() -> None:
    keys = software()
    del keys["Microsoft"]["Windows NT"]["CurrentVersion"]["ProfileList"][SID]
    query = Query(frozenset(), (Constraint("key", "LIKE", ("HKEY_USERS\\%\\Software",)),))
    with pytest.raises(NotObservable, match="no user has a profile"):
        list(registry.rows(target(files(software_keys=keys)), query))


@pytest.mark.parametrize(
    "key", ["HKEY_LOCAL_MACHINE\\SAM\\SAM", "hkey_local_machine\\security", "HKEY_LOCAL_MACHINE\\Sam"]
)
def test_the_secrets_of_accounts_are_not_shown(key: str) -> None:
    with pytest.raises(NotObservable, match="not shown"):
        ask("=", "key", key)
    with pytest.raises(NotObservable, match="not shown"):
        ask("LIKE", "key", key + "\\%\\x")
    names = {row["key"].lower() for row in ask("LIKE", "key", "HKEY_LOCAL_MACHINE\\%%")}
    assert not any(name.startswith(("hkey_local_machine\\sam", "hkey_local_machine\\security")) for name in names)


def test_keys_in_a_loop_end_in_an_error() -> None:
    data = bytearray(hive({**system(), "Loop": {"A": {"B": {}}}}))
    at = data.rindex(b"nk", 0, data.index(b"B\0", data.index(b"Loop")))
    data[at + 20 : at + 24], data[at + 28 : at + 32] = b"\1\0\0\0", data[at + 16 : at + 20]
    found = target({**files(), CONFIG + "SYSTEM": bytes(data)})
    query = Query(frozenset(), (Constraint("key", "LIKE", ("HKEY_LOCAL_MACHINE\\SYSTEM\\Loop\\%%",)),))
    with pytest.raises(Malformed):
        list(registry.rows(found, query))
