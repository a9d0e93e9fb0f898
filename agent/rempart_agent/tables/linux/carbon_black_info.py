"""Table carbon_black_info: how the sensor of Carbon Black is set up.

Source: ``sensor.id`` and ``sensorsettings.ini`` below ``/var/lib/cb``, and the sizes of what waits there to be sent.
A machine without that folder has no sensor, and no row.
"""

import stat
from typing import Dict, Iterator, List

from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
FOLDER = "/var/lib/cb"
COLUMNS = (
    Column("sensor_id", INTEGER),
    Column("config_name", TEXT),
    Column("collect_store_files", INTEGER),
    Column("collect_module_loads", INTEGER),
    Column("collect_module_info", INTEGER),
    Column("collect_file_mods", INTEGER),
    Column("collect_reg_mods", INTEGER),
    Column("collect_net_conns", INTEGER),
    Column("collect_processes", INTEGER),
    Column("collect_cross_processes", INTEGER),
    Column("collect_emet_events", INTEGER),
    Column("collect_data_file_writes", INTEGER),
    Column("collect_process_user_context", INTEGER),
    Column("collect_sensor_operations", INTEGER),
    Column("log_file_disk_quota_mb", INTEGER),
    Column("log_file_disk_quota_percentage", INTEGER),
    Column("protection_disabled", INTEGER),
    Column("sensor_ip_addr", TEXT),
    Column("sensor_backend_server", TEXT),
    Column("event_queue", INTEGER),
    Column("binary_queue", INTEGER),
)
_SETTINGS = {
    "collect_store_files": "CollectStoreFiles",
    "collect_module_loads": "CollectModuleLoads",
    "collect_module_info": "CollectModuleInfo",
    "collect_file_mods": "CollectFileMods",
    "collect_reg_mods": "CollectRegMods",
    "collect_net_conns": "CollectNetConns",
    "collect_processes": "CollectProcesses",
    "collect_cross_processes": "CollectCrossProcess",
    "collect_emet_events": "CollectEmetEvents",
}
_MAX_SETTINGS = 1 << 20
_MAX_FOLDERS = 10_000
_ID = (11, 16)  # where the hexadecimal number stands in a file of 16 bytes


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row of a sensor.

    Raises:
        Malformed: the settings can't be understood.
        Denied: something may not be read.
    """
    if not target.exists(FOLDER):
        return
    row: Dict[str, Value] = {}
    try:
        row["sensor_id"] = sensor_id(target.read(FOLDER + "/sensor.id", 4096))
    except Missing:
        pass
    try:
        row.update(settings(target.text(FOLDER + "/sensorsettings.ini", _MAX_SETTINGS)))
    except Missing:
        pass
    row.update(_queues(target))
    yield row


def sensor_id(data: bytes) -> Value:
    """Return the number in the sensor's own file; None where the file has another form."""
    if len(data) != _ID[1]:
        return None
    try:
        return int(data[_ID[0] :].decode("ascii"), 16)
    except ValueError:
        return None


def settings(text: str) -> Dict[str, Value]:
    """Return what the sensor's settings say; -1 stands for what they do not say, as in osquery.

    Args:
        text: The file: sections, ``key=value`` and comments behind ``;`` or ``#``.

    Raises:
        Malformed: a line is none of these, or a key comes twice.
    """
    found = _section(text, "CB")
    row: Dict[str, Value] = {column: _number(found.get(key, "-1")) for column, key in _SETTINGS.items()}
    row["config_name"] = found.get("ConfigName", "").replace("%20", " ")
    row["sensor_backend_server"] = found.get("SensorBackendServer", "").replace("%3A", ":")
    return row


def _section(text: str, name: str) -> Dict[str, str]:
    sections: Dict[str, Dict[str, str]] = {"": {}}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line[0] in ";#":
            continue
        if line[0] == "[" and line.endswith("]"):
            section = line[1:-1].strip()
            if section in sections:
                raise Malformed("sensorsettings.ini: line {line}: a section that comes twice", line=number)
            sections[section] = {}
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        if not equals or not key or key in sections[section]:
            raise Malformed("sensorsettings.ini: line {line}: no setting, or one that comes twice", line=number)
        sections[section][key] = value.strip()
    return sections.get(name, {})


def _number(text: str) -> Value:
    try:
        found = int(text)
    except ValueError:
        return None
    return found if -(1 << 31) <= found < 1 << 31 else None


def _queues(target: Target) -> Dict[str, Value]:
    events = binaries = 0
    todo: List[str] = [FOLDER]
    for _ in range(_MAX_FOLDERS):
        if not todo:
            break
        folder = todo.pop()
        for name, kind, status in target.statuses(folder):
            if kind == "directory":
                todo.append(folder + "/" + name)
            if status is None or not stat.S_ISREG(status.st_mode):
                continue
            if name in ("filedata", "metadata"):
                binaries += status.st_size
            if name.rpartition(".")[0 if "." in name else 2] == "events":
                events += status.st_size
    if todo:
        raise Malformed("{path}: more than {most} folders", path=FOLDER, most=_MAX_FOLDERS)
    return {"binary_queue": binaries, "event_queue": events}
