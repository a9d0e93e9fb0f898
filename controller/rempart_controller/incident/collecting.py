"""Collecting evidence, in the order in which it is lost.

Source: RFC 3227, 2.1. Tables come through the collector, which writes nothing to the endpoint; Ansible brings logs.
"""

import base64
import binascii
import json
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rempart_controller.incident.evidence import Answerer, Vault
from rempart_controller.inventory.host import Host
from rempart_controller.transports import open_transport
from rempart_controller.transports.contract import ConnectionRequest
from rempart_core.error import EndpointError, UsageError
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message, as_is, message_of
from rempart_core.model.parameter import Parameter, render
from rempart_core.text import NOTHING, clean_line

MAX_ROWS = 500_000
_TABLE_DEADLINE = 60.0
MAX_FILE = 16 << 20
MAX_LOGS = 64 << 20
PATHS = (
    *("/tmp/%", "/var/tmp/%", "/dev/shm/%", "/run/%", "/etc/%", "/etc/cron.d/%", "/etc/systemd/system/%%"),  # noqa: S108
    *(
        "/etc/sudoers.d/%",
        "/etc/ssh/%",
        "/etc/ld.so.preload",
        "/root/%",
        "/root/.ssh/%",
        "/home/%/.%",
        "/home/%/.ssh/%",
    ),
    *("/usr/local/bin/%", "/usr/local/sbin/%", "/var/spool/cron/%%", "/opt/%"),
)
_PATH = Parameter("path", "text", "", NOTHING)
TABLES = {
    "time": "SELECT * FROM time",
    "arp_cache": "SELECT * FROM arp_cache",
    "process_open_sockets": "SELECT * FROM process_open_sockets",
    "processes": "SELECT * FROM processes",
    "listening_ports": "SELECT * FROM listening_ports",
    "logged_in_users": "SELECT * FROM logged_in_users",
    "routes": "SELECT * FROM routes",
    "kernel_modules": "SELECT * FROM kernel_modules",
    "mounts": "SELECT * FROM mounts",
    "interface_addresses": "SELECT * FROM interface_addresses",
    "rempart_nftables": "SELECT * FROM rempart_nftables",
    "uptime": "SELECT * FROM uptime",
    "crontab": "SELECT * FROM crontab",
    "systemd_units": "SELECT * FROM systemd_units",
    "last": "SELECT * FROM last",
    "rempart_last_login": "SELECT * FROM rempart_last_login",
    "users": "SELECT * FROM users",
    "authorized_keys": "SELECT k.* FROM users AS u JOIN authorized_keys AS k ON k.uid = u.uid",
    "os_version": "SELECT * FROM os_version",
}
"""What is asked, by name, in its order: the volatile before the stored."""


class Source(NamedTuple):
    """Where rows come from, and what is said to whoever waits.

    Attributes:
        host: The host.
        until: The moment (``time.monotonic``) after which nothing is waited for.
        progress: Is told the name of each item before it is asked for.
    """

    host: Host
    until: float
    progress: Callable[[str], None] = lambda _: None


def questions(paths: Sequence[str]) -> dict[str, str]:
    """Return what is asked, by name: the tables, then metadata of the paths, which may be patterns of osquery (``%``).

    Raises:
        UsageError: One is no absolute path.
    """
    asked = dict(TABLES)
    for path in paths:
        try:
            quoted = render(_PATH, path)
        except ValueError as error:
            label = f"--path {clean_line(path)}"
            raise UsageError(Message("text.labelled", label=label, text=message_of(error))) from error
        if not path.startswith("/"):
            raise UsageError(Message("incident.path_wrong", path=clean_line(path)))
        asked[f"file {path}"] = f"SELECT * FROM file WHERE path {'LIKE' if '%' in path else '='} {quoted}"  # noqa: S608 - quoted
    return asked


def collect_tables(source: Source, paths: Sequence[str], vault: Vault) -> Answerer | None:
    """Ask a host all questions, each answer put into the vault as it comes; return who answered, None where nobody did.

    What fails is an item that failed. Where the connection ends, a new one is tried for the next question.

    Args:
        source: The host.
        paths: Paths whose metadata is wanted.
        vault: Where the items go.

    Raises:
        UsageError: A path is none.
        IncidentError: An item can't be written.
    """
    who: Answerer | None = None
    engine: Any = None
    lost = 0
    reason = as_is("")
    try:
        for name, sql in questions(paths).items():
            source.progress(name)
            if lost > 1:
                vault.miss("table", name, reason)
                continue
            try:
                if engine is None:
                    engine, who = _open(source)
                rows, failure = engine.records(sql, _TABLE_DEADLINE, MAX_ROWS)
                lost = 0
            except EndpointError as error:
                lost, reason = lost + 1, error.message
                vault.miss("table", name, reason)
                if engine is not None:
                    engine.close()
                    engine = None
                continue
            if failure:
                vault.miss("table", name, as_is(failure.message))
            else:
                data = "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows).encode()
                vault.add("table", name, data, "jsonl", rows=len(rows), sql=sql)
    finally:
        if engine is not None:
            engine.close()
    return who


def _open(source: Source) -> tuple[Any, Answerer]:
    request = ConnectionRequest(until=source.until, engine="embedded", deadline=_TABLE_DEADLINE, redact=False)
    engine = open_transport(source.host.connection).open(source.host, request)
    identity = engine.identity()
    greeting = getattr(engine, "greeting", None)
    version, machine_id = f"{identity.name} {identity.version}", greeting.machine_id if greeting else ""
    return engine, Answerer(version, identity.user, bool(identity.privileged), machine_id)


def read_machine_id(host: Host, seconds: float) -> str:
    """Return the hashed machine id of a host (see :mod:`rempart_agent.machine_identity`); ``""`` where it has none.

    Args:
        host: The host.
        seconds: How long it is waited for.

    Raises:
        EndpointError: It can't be reached.
    """
    engine, who = _open(Source(host, time.monotonic() + seconds))
    engine.close()
    return who.machine_id


def keep_logs(answer: JsonObject, vault: Vault) -> None:
    """Put what the module ``rempart_incident`` brought into the vault; nothing that it says is taken on trust.

    Args:
        answer: ``items``: a list of ``kind``, ``name``, ``data`` (zlib, base64), ``reason``, ``size``, ``mtime``,
            ``mode``, ``uid``, ``gid``.
        vault: Where the items go.

    Raises:
        IncidentError: An item can't be written.
    """
    items = answer.get("items")
    if not isinstance(items, list):
        vault.miss("file", "logs", Message("incident.answer_wrong"))
        return
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            vault.miss("file", "?", Message("incident.answer_wrong"))
            continue
        kind = "journal" if item.get("kind") == "journal" else "file"
        reason = str(item.get("reason") or "")
        if not isinstance(item.get("data"), str):
            vault.miss(kind, item["name"], as_is(reason) if reason else Message("incident.nothing_came"))
            continue
        try:
            data, cut = _unpack(item["data"])
        except ValueError as error:
            vault.miss(kind, item["name"], Message("incident.unpack", error=str(error)))
            continue
        more = {name: item[name] for name in ("size", "mtime", "mode", "uid", "gid") if isinstance(item.get(name), int)}
        ending = "export" if kind == "journal" else "bin"
        vault.add(kind, item["name"], data, ending, part=as_is(reason) if reason else cut, **more)


def _unpack(text: str) -> tuple[bytes, Message | None]:
    """Return what was packed, and why it was cut; an archive that swells without end is not followed."""
    try:
        packed = base64.b64decode(text, validate=True)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, MAX_LOGS)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from error
    if unpacker.unconsumed_tail:
        return data, Message("incident.cut_at", size=MAX_LOGS)
    return data, None if unpacker.eof else Message("incident.end_missing")
