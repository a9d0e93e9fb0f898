"""osquery's SQL functions and collations beyond SQLite's own.

Results, types and error texts follow what a real osquery answers; where a function is SQLite's own in newer releases
(``concat``, ``concat_ws``), osquery's meaning wins. Each function imports what it needs when it is first called.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from rempart_agent.formats import version as versions

Cell: TypeAlias = str | int | float | bytes | None
"""A value of SQLite."""


class FunctionError(Exception):
    """A function was called with something it can't work on; the message is osquery's."""


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else sql_text(value)


def sql_text(value: Any) -> str:
    """Return a value as SQLite prints it: NULL as nothing, reals with 15 digits, a blob up to its first NUL."""
    if value.__class__ is str:
        return str(value)
    if value is None:
        return ""
    if isinstance(value, float):
        if math.isinf(value):
            return "Inf" if value > 0 else "-Inf"
        text = f"{value:.15g}"
        mantissa, e, exponent = text.partition("e")
        return (mantissa if "." in mantissa else mantissa + ".0") + e + exponent
    if isinstance(value, bytes):
        return value.partition(b"\0")[0].decode("utf-8", "replace")
    return str(value)


def _split(text: Any, separators: Any, index: Any) -> str | None:
    if text is None or separators is None or index is None:
        return None
    parts = [""]
    for character in _text(text):
        if character in _text(separators):
            parts.append("")
        else:
            parts[-1] += character
    kept = [part for part in parts if part]  # osquery drops empty parts
    return kept[int(index)] if 0 <= int(index) < len(kept) else None


# As osquery and SQLite say it, in every language: whoever moves a statement from one engine to another reads the same.
_NO_REGEX = "Invalid regex"
_VERSIONS = "wrong number of arguments to function version_compare()"
_COMMUNITY = "wrong number of arguments to function community_id_v1()"
_NO_FLAVOUR = "The optional third parameter does not match one of: (ARCH, DPKG, RHEL)."
_NO_ADDRESS = "IP address cannot be parsed"
_NO_BLOCK = "CIDR for IP address v{} cannot be parsed"
_NO_END = "Community ID {} cannot be parsed as IP"
_DOMAIN = "Numerical argument out of domain"
_RANGE = "Numerical result out of range"


def _pattern(text: Any) -> Any:
    import re

    try:
        return re.compile(_text(text))
    except (re.error, RecursionError, OverflowError) as error:
        raise FunctionError(_NO_REGEX) from error


def _regex_split(text: Any, pattern: Any, index: Any) -> str | None:
    if text is None or pattern is None or index is None:
        return None
    parts, last, subject = [], 0, _text(text)
    for match in _pattern(pattern).finditer(subject):
        parts.append(subject[last : match.start()])
        last = match.end()
    parts.append(subject[last:])
    return parts[int(index)] if 0 <= int(index) < len(parts) else None


def _regex_match(text: Any, pattern: Any, index: Any) -> str | None:
    if text is None or pattern is None or index is None:
        return None
    match = _pattern(pattern).search(_text(text))
    if match is None or not 0 <= int(index) <= match.re.groups:
        return None
    return match.group(int(index)) or ""


def _concat(*values: Any) -> str | None:
    return "".join(_text(v) for v in values if v is not None) if values else None


def _concat_ws(*values: Any) -> str | None:
    if not values or values[0] is None:
        return None
    return _text(values[0]).join(_text(v) for v in values[1:] if v is not None)


def _compare_packages(a: str, b: str) -> int:
    """Compare as osquery compares package versions: the epoch first, then as plain versions.

    It is not the packagers' own order: ``2.0~rc1`` counts as newer than ``2.0`` there. Tables that judge updates use
    :func:`rempart_agent.formats.version.compare_dpkg`.
    """
    epochs, rests = [], []
    for text in (a, b):
        epoch, colon, rest = text.partition(":")
        known = bool(colon) and epoch.isascii() and epoch.isdigit()
        epochs.append(int(epoch) if known else 0)
        rests.append(rest if known else text)
    if epochs[0] != epochs[1]:
        return -1 if epochs[0] < epochs[1] else 1
    return versions.compare(*rests)


_FLAVOURS: dict[str, Callable[[str, str], int]] = {
    "": versions.compare,
    "ARCH": _compare_packages,
    "DPKG": _compare_packages,
    "RHEL": _compare_packages,
}


def _version_compare(*values: Any) -> int | None:
    if len(values) not in {2, 3}:
        raise FunctionError(_VERSIONS)
    if values[0] is None or values[1] is None:
        return None
    flavour = _text(values[2]).upper() if len(values) == 3 else ""
    if flavour not in _FLAVOURS or (len(values) == 3 and not flavour):
        raise FunctionError(_NO_FLAVOUR)
    return _FLAVOURS[flavour](_text(values[0]), _text(values[1]))


def _in_cidr_block(block: Any, address: Any) -> int | None:
    import ipaddress

    if block is None or address is None:
        return None
    try:
        ip = ipaddress.ip_address(_text(address))
    except ValueError as error:
        raise FunctionError(_NO_ADDRESS) from error
    try:
        network = ipaddress.ip_network(_text(block), strict=False)
    except ValueError as error:
        raise FunctionError(_NO_BLOCK.format(ip.version)) from error
    return int(ip in network)


def _inet_aton(address: Any) -> int | None:
    import ipaddress

    try:
        return int(ipaddress.IPv4Address(_text(address)))
    except ValueError:
        return None


def _community_id(*values: Any, strict: bool) -> str | None:
    import base64
    import hashlib
    import ipaddress

    if len(values) not in {5, 6}:
        raise FunctionError(_COMMUNITY)
    ends = []
    for value, what in ((values[0], "saddr"), (values[1], "daddr")):
        try:
            ends.append(ipaddress.ip_address(_text(value)).packed)
        except ValueError as error:
            if strict:
                raise FunctionError(_NO_END.format(what)) from error
            return None
    source, destination = ends
    sport, dport, protocol = (int(v) & 0xFFFF for v in values[2:5])
    seed = int(values[5]) & 0xFFFF if len(values) == 6 else 0
    if (source, sport) > (destination, dport):
        source, destination, sport, dport = destination, source, dport, sport
    data = seed.to_bytes(2, "big") + source + destination + bytes([protocol & 0xFF, 0])
    data += sport.to_bytes(2, "big") + dport.to_bytes(2, "big")
    return "1:" + base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def _digest(name: str) -> Callable[[Any], str | None]:
    def digest(value: Any) -> str | None:
        import hashlib

        if value is None:
            return None
        data = value if isinstance(value, bytes) else _text(value).encode("utf-8", "replace")
        return hashlib.new(name, data, usedforsecurity=False).hexdigest()

    return digest


def _to_base64(value: Any) -> str | None:
    import base64

    return None if value is None else base64.b64encode(_text(value).encode("utf-8", "replace")).decode()


def _from_base64(value: Any) -> str | None:
    import base64

    if value is None:
        return None
    try:
        return base64.b64decode(_text(value), validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def _conditional_to_base64(value: Any) -> str | None:
    return value if value is None or _text(value).isascii() else _to_base64(value)


def _number(value: Any) -> float:
    if isinstance(value, int | float):
        return float(value)
    import re

    match = re.match(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", _text(value))
    return float(match.group()) if match else 0.0


def _real(function: Callable[..., float]) -> Callable[..., float | None]:
    def call(*values: Any) -> float | None:
        if any(v is None for v in values):
            return None
        try:
            return float(function(*map(_number, values)))
        except ValueError as error:
            raise FunctionError(_DOMAIN) from error
        except (OverflowError, ZeroDivisionError) as error:
            raise FunctionError(_RANGE) from error

    return call


def _whole(function: Callable[[float], int]) -> Callable[[Any], Any]:
    def call(value: Any) -> Any:
        return value if value is None or isinstance(value, int) else function(_number(value))

    return call


def _parent_directory(path: Any) -> str | None:
    if path is None or "/" not in _text(path):
        return None
    return _text(path).rpartition("/")[0]


def _find_file_path_in_cmd(command: Any) -> str | None:
    import os

    if command is None:
        return None
    found = ""
    for word in _text(command).split():
        found = f"{found} {word}" if found else word
        if found.startswith("/") and os.path.isfile(found):
            return found
    return ""


def _sleep(seconds: Any) -> int:
    import time

    time.sleep(max(0, int(seconds)))
    return 0


def _soundex(value: Any) -> str:
    codes = {
        c: d for d, cs in {"1": "BFPV", "2": "CGJKQSXZ", "3": "DT", "4": "L", "5": "MN", "6": "R"}.items() for c in cs
    }
    letters = [c for c in _text(value).upper() if c.isascii() and c.isalpha()]
    if not letters:
        return "?000"
    out, last = letters[0], codes.get(letters[0], "")
    for c in letters[1:]:
        code = codes.get(c, "")
        if code and code != last:
            out += code
        last = code
    return (out + "000")[:4]


FUNCTIONS: dict[str, tuple[int, Callable[..., Cell]]] = {
    "split": (3, _split),
    "regex_split": (3, _regex_split),
    "regex_match": (3, _regex_match),
    "concat": (-1, _concat),
    "concat_ws": (-1, _concat_ws),
    "version_compare": (-1, _version_compare),
    "in_cidr_block": (2, _in_cidr_block),
    "inet_aton": (1, _inet_aton),
    "community_id_v1": (-1, lambda *v: _community_id(*v, strict=False)),
    "community_id_v1_strict": (-1, lambda *v: _community_id(*v, strict=True)),
    "md5": (1, _digest("md5")),
    "sha1": (1, _digest("sha1")),
    "sha256": (1, _digest("sha256")),
    "to_base64": (1, _to_base64),
    "from_base64": (1, _from_base64),
    "conditional_to_base64": (1, _conditional_to_base64),
    "sqrt": (1, _real(math.sqrt)),
    "log": (1, _real(math.log)),
    "log10": (1, _real(math.log10)),
    "exp": (1, _real(math.exp)),
    "ceil": (1, _whole(math.ceil)),
    "floor": (1, _whole(math.floor)),
    "power": (2, _real(math.pow)),
    "pi": (0, _real(lambda: math.pi)),
    "sin": (1, _real(math.sin)),
    "cos": (1, _real(math.cos)),
    "tan": (1, _real(math.tan)),
    "cot": (1, _real(lambda x: 1 / math.tan(x))),
    "asin": (1, _real(math.asin)),
    "acos": (1, _real(math.acos)),
    "atan": (1, _real(math.atan)),
    "radians": (1, _real(math.radians)),
    "degrees": (1, _real(math.degrees)),
    "parent_directory": (1, _parent_directory),
    "is_path_deterministic": (1, lambda path: None if path is None else 1),
    "find_file_path_in_cmd": (1, _find_file_path_in_cmd),
    "sleep": (1, _sleep),
    "soundex": (1, _soundex),
    "sqlite_version": (0, lambda: "3.42.0"),
}

COLLATIONS: dict[str, Callable[[str, str], int]] = {
    "version": versions.compare,
    "version_arch": _compare_packages,
    "version_dpkg": _compare_packages,
    "version_rhel": _compare_packages,
}
"""Name to a comparison of two texts that gives less than, equal to or more than 0."""
