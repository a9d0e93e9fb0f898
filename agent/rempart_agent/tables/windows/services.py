r"""Table services: services and drivers as ``HKLM\SYSTEM\CurrentControlSet\Services`` has them.

Source: osquery's ``services.cpp``, and what ``CreateService`` writes there. Whether a service runs can't be known of a
disk: a statement that reads ``status``, ``pid`` or an exit code is not observable. A name or description that stands in
a resource (``@%SystemRoot%\…``) is shown as it is written.
"""

from typing import Iterator

from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, NotObservable, Query, Row
from rempart_agent.source.registry import DWORD, Key, text_of
from rempart_agent.source.target import Target

OFFLINE = "part"
_RUNNING = ("status", "pid", "win32_exit_code", "service_exit_code")
COLUMNS = (
    Column("name", TEXT, collate="nocase"),
    Column("service_type", TEXT),
    Column("display_name", TEXT),
    Column("status", TEXT, costly=True, alone=True, hidden=True),
    Column("pid", INTEGER, costly=True, alone=True, hidden=True),
    Column("start_type", TEXT),
    Column("win32_exit_code", INTEGER, costly=True, alone=True, hidden=True),
    Column("service_exit_code", INTEGER, costly=True, alone=True, hidden=True),
    Column("path", TEXT),
    Column("module_path", TEXT),
    Column("description", TEXT),
    Column("user_account", TEXT),
)

_KEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
_STARTS = ("BOOT_START", "SYSTEM_START", "AUTO_START", "DEMAND_START", "DISABLED")
_TYPES = {
    0x1: "KERNEL_DRIVER",
    0x2: "FILE_SYSTEM_DRIVER",
    0x10: "OWN_PROCESS",
    0x20: "SHARE_PROCESS",
    0x50: "USER_OWN_PROCESS",
    0x60: "USER_SHARE_PROCESS",
    0xD0: "USER_OWN_PROCESS(Instance)",
    0xE0: "USER_SHARE_PROCESS(Instance)",
    0x100: "INTERACTIVE_PROCESS",
    0x110: "OWN_PROCESS(Interactive)",
    0x120: "SHARE_PROCESS(Interactive)",
}
_LISTED = 0x1 | 0x2 | 0x8 | 0x10 | 0x20  # SERVICE_DRIVER and SERVICE_WIN32, which EnumServicesStatusEx lists


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each service and driver."""
    asked = [name for name in _RUNNING if name in query.columns]
    if asked:
        raise NotObservable("whether services run ({asked})", asked=", ".join(asked))
    top = target.registry(_KEY)
    if top is None:
        raise Malformed("the registry has no services")
    for key in top.subkeys():
        kind, start = _number(key, "Type"), _number(key, "Start")
        if kind is None or start is None or not kind & _LISTED:
            continue  # no service, and Windows lists none: the keys of performance counters, of .NET
        if start >= len(_STARTS):
            raise Malformed("the service {name}: how it starts is not known", name=key.name[:100])
        module = text_of(key.subkey("Parameters"), "ServiceDll")
        yield {
            "name": key.name,
            "service_type": _TYPES.get(kind, "UNKNOWN"),
            "display_name": text_of(key, "DisplayName") or key.name,
            "start_type": _STARTS[start],
            "path": text_of(key, "ImagePath"),
            "module_path": target.expand(module),
            "description": text_of(key, "Description"),
            "user_account": text_of(key, "ObjectName"),
        }


def _number(key: Key, name: str) -> "int | None":
    value = key.value(name)
    if value is None:
        return None
    if value.type != DWORD or not isinstance(value.data, int):
        raise Malformed("the service {name}: {name_2} is no number", name=key.name[:100], name_2=name)
    return value.data
