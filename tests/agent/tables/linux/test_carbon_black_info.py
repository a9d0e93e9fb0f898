"""Table carbon_black_info: how the sensor of Carbon Black is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told

from rempart_agent.source.contract import Denied, Malformed, Query
from rempart_agent.tables.linux import carbon_black_info
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
# the keys are those of osquery's carbon_black.cpp
SETTINGS = (
    "; what the server sent\n[CB]\nConfigName=Default%20Group\nCollectStoreFiles=1\nCollectModuleLoads=0\n"
    "CollectFileMods = 1\nCollectCrossProcess=word\n# more\nSensorBackendServer=https%3A//cb.example.org%3A443\n"
    "[Other]\nConfigName=no\n"
)
TOLD = (
    "sensor_id, config_name, collect_store_files, collect_module_loads, collect_module_info, collect_file_mods, "
    "collect_cross_processes, sensor_backend_server, event_queue, binary_queue"
)
FILES = {
    "/var/lib/cb/sensor.id": "0123456789a0002f",
    "/var/lib/cb/sensorsettings.ini": SETTINGS,
    "/var/lib/cb/store/1/filedata": "12345",
    "/var/lib/cb/store/1/metadata": "123",
    "/var/lib/cb/events": "1",
    "/var/lib/cb/events.log": "22",
    "/var/lib/cb/more/events.log.1": "333",
    "/var/lib/cb/.events": "4444",
}


def test_a_sensor_is_told_of(root_of: RootOf) -> None:
    (row,) = carbon_black_info.rows(root_of(FILES), Query())
    expected = {
        "sensor_id": 0x2F,
        "config_name": "Default Group",
        "collect_store_files": 1,
        "collect_module_loads": 0,
        "collect_module_info": -1,
        "collect_cross_processes": None,
        "sensor_backend_server": "https://cb.example.org:443",
        "binary_queue": 8,
        "event_queue": 3,
    }
    assert {name: row[name] for name in expected} == expected


@BOUND
@pytest.mark.parametrize("left", [FILES, {"/var/lib/cb/sensor.id": "short"}, {"/var/lib/cb/sensorsettings.ini": ""}])
def test_osquery_says_the_same(root_of: RootOf, left: Mapping[str, str]) -> None:
    target = root_of(left)
    # the others are 0 there, whatever the sensor does
    sql = f"SELECT {TOLD} FROM carbon_black_info"
    theirs = ask(sql, {"/var/lib": Path(target.root, "var/lib")})
    assert told(theirs) == told(embedded(target, sql))


def test_no_sensor_is_no_row(root_of: RootOf) -> None:
    assert list(carbon_black_info.rows(root_of({"/var/lib/": ""}), Query())) == []


def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of(FILES)
    deny(target, "/var/lib/cb/sensorsettings.ini")
    with pytest.raises(Denied):
        list(carbon_black_info.rows(target, Query()))


@pytest.mark.parametrize("text", ["[CB]\nword\n", "[CB]\na=1\na=2\n", "[CB]\n[CB]\n", "=1\n"])
def test_settings_that_can_not_be_understood_raise(text: str) -> None:
    with pytest.raises(Malformed):
        carbon_black_info.settings(text)


@given(st.text(), st.binary(max_size=32))
def test_anything_is_taken_or_refused(text: str, data: bytes) -> None:
    carbon_black_info.sensor_id(data)
    try:
        assert isinstance(carbon_black_info.settings("[CB]\n" + text)["config_name"], str)
    except Malformed:
        return
