"""The file ``server.yaml``: read with every mistake's line and column; nothing is used of a file that has one."""

import ipaddress
import os
import re

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Document, Node, parse, read
from rempart_core.error import ContentError, UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted
from rempart_server.settings import FILE, Settings
from rempart_server.settings_oidc import read_oidc
from rempart_store.location import is_postgresql

_KEYS = tuple(name for name in Settings._fields if name != "directory")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_DURATIONS = {  # the least and the most of each, in seconds
    "interval": (10, 3600),
    "splay": (0, 86_400),
    "silent_after": (600, 90 * 86_400),
    "audit_deadline": (300, 86_400),
}
_NUMBERS = {
    "port": (1, 65_535),
    "public_port": (1, 65_535),
    "workers": (1, 64),
    "nodes_at_work": (1, 100_000),
    "enrolments": (1, 10_000),
}


def read_settings(directory: str) -> Settings:
    """Return the settings of a server.

    Args:
        directory: Where ``server.yaml`` lies.

    Raises:
        UsageError: There is none.
        ContentError: With all mistakes.
    """
    path = os.path.join(directory, FILE)
    if not os.path.lexists(path):
        raise UsageError(Message("server.none", directory=directory))
    return _settings_of(read(path), directory)


def parse_settings(data: bytes, directory: str) -> Settings:
    """Return the settings of a ``server.yaml`` that is not written yet.

    Args:
        data: All of it.
        directory: Where it will lie.

    Raises:
        ContentError: With all mistakes.
    """
    return _settings_of(parse(data, os.path.join(directory, FILE)), directory)


def _settings_of(document: Document, directory: str) -> Settings:
    reader = Reader(document)
    fields = reader.fields(document.root, _KEYS, ("name",))
    settings = _read(reader, fields, os.path.abspath(directory))
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return settings


def is_host_name(text: str) -> bool:
    """Tell whether a text is a host name or an address by which a server can be reached (RFC 1123, section 2.1)."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return len(text) <= 253 and bool(_NAME.fullmatch(text)) and not text.rpartition(".")[2].isdecimal()
    return True


def _read(reader: Reader, fields: dict[str, Node], directory: str) -> Settings:
    usual = Settings(directory, "")
    numbers = {
        name: _number(reader, fields.get(name), name, getattr(usual, name), *bounds)
        for name, bounds in _NUMBERS.items()
    }
    durations = {
        name: _duration(reader, fields.get(name), name, getattr(usual, name), *bounds)
        for name, bounds in _DURATIONS.items()
    }
    settings = Settings(
        directory=directory,
        name=_name(reader, fields.get("name")),
        address=_address(reader, fields.get("address"), usual.address),
        store=_store(reader, fields.get("store")),
        certificate=_file(reader, fields.get("certificate"), "certificate"),
        key=_file(reader, fields.get("key"), "key"),
        public_ca=_file(reader, fields.get("public_ca"), "public_ca"),
        at=_time(reader, fields.get("at"), usual.at),
        keep=_duration(reader, fields.get("keep"), "keep", 0, 86_400, 3650 * 86_400) // 86_400,
        trusted_proxies=_networks(reader, fields.get("trusted_proxies"), "trusted_proxies", ()),
        checks=_folders(reader, fields.get("checks")),
        metrics_from=_networks(reader, fields.get("metrics_from"), "metrics_from", usual.metrics_from),
        oidc=read_oidc(reader, fields.get("oidc")),
        **numbers,
        **durations,
    )
    for one, other in (("certificate", "key"), ("key", "certificate")):
        if one in fields and other not in fields:
            reader.report(fields[one], Message("server.both", name=other), what=one)
    if "workers" in fields and settings.workers > 1 and not is_postgresql(settings.place):
        reader.report(fields["workers"], Message("server.workers"), what="workers")
    return settings


def _name(reader: Reader, node: Node | None) -> str:
    name = _line(reader, node, "name")
    if name and node is not None and not is_host_name(name):
        reader.report(node, Message("server.name", name=quoted(name)), what="name")
    return name


def _address(reader: Reader, node: Node | None, usual: str) -> str:
    address = _line(reader, node, "address")
    if node is None or not address:
        return usual
    try:
        ipaddress.ip_address(address)
    except ValueError:
        reader.report(node, Message("server.address", address=quoted(address)), what="address")
    return address


def _store(reader: Reader, node: Node | None) -> str:
    store = _line(reader, node, "store")
    if node is not None and "://" in store and not is_postgresql(store):
        reader.report(node, Message("server.store"), what="store")
    elif node is not None and store and "://" not in store and not os.path.isabs(store):
        reader.report(node, Message("server.absolute"), what="store")
    return store


def _file(reader: Reader, node: Node | None, what: str) -> str:
    path = _line(reader, node, what)
    if node is None or not path:
        return ""
    if not os.path.isabs(path):
        reader.report(node, Message("server.absolute"), what=what)
    elif not os.path.isfile(path):
        reader.report(node, Message("server.no_file", path=path), what=what)
    return path


def _folders(reader: Reader, node: Node | None) -> tuple[str, ...]:
    found = reader.texts(node, "checks")
    for item, path in zip(reader.items(node, "checks") if found else [], found, strict=True):
        if path and not os.path.isabs(path):
            reader.report(item, Message("server.absolute"), what="checks")
        elif path and not os.path.isdir(path):
            reader.report(item, Message("server.no_folder", path=path), what="checks")
    return found


def _networks(reader: Reader, node: Node | None, what: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    if node is None:
        return usual
    found = reader.texts(node, what)
    for item, text in zip(reader.items(node, what) if found else [], found, strict=True):
        try:
            ipaddress.ip_network(text)
        except ValueError:
            if text:
                reader.report(item, Message("server.network", text=quoted(text)), what=what)
    return found


def _number(reader: Reader, node: Node | None, what: str, usual: int, least: int, most: int) -> int:
    if node is None:
        return usual
    value = reader.integer(node, what, least)
    if value > most:
        reader.report(node, Message("server.too_large", value=value, most=most), what=what)
    return value


def _duration(reader: Reader, node: Node | None, what: str, usual: int, least: int, most: int) -> int:
    """Read ``90s``, ``30m``, ``24h`` or ``7d``."""
    text = _line(reader, node, what)
    if node is None or not text:
        return usual
    found = re.fullmatch(r"(\d{1,9})([smhd])", text, re.ASCII)
    value = int(found[1]) * _UNITS[found[2]] if found else -1
    if not found:
        reader.report(node, Message("server.duration", text=quoted(text)), what=what)
    elif not least <= value <= most:
        bounds = Message("server.duration_bounds", least=_spell(least), most=_spell(most))
        reader.report(node, bounds, what=what)
    return value if found else usual


def _spell(seconds: int) -> str:
    for unit, size in reversed(_UNITS.items()):
        if seconds % size == 0 and seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _time(reader: Reader, node: Node | None, usual: int) -> int:
    """Read a time of the day, UTC, as minutes since midnight."""
    text = _line(reader, node, "at")
    if node is None or not text:
        return usual
    found = re.fullmatch("([01][0-9]|2[0-3]):([0-5][0-9])", text, re.ASCII)
    if not found:
        reader.report(node, Message("server.time", text=quoted(text)), what="at")
        return usual
    return int(found[1]) * 60 + int(found[2])


def _line(reader: Reader, node: Node | None, what: str) -> str:
    """Read a text of one line; ``""`` where it is none, which is told once."""
    before = len(reader.mistakes)
    text = reader.line(node, what)
    return text if len(reader.mistakes) == before else ""
