"""Turns serialised GVariants into their text form, as ``g_variant_print`` with type annotations does.

Source: "GVariant Format Strings", "GVariant Text Format" and the "GVariant Specification" (serialised form). Data that
is not in normal form is refused; nothing in it can make the reader run on.
"""

import re
import struct
from typing import List, Optional, Tuple

from rempart_agent.source.contract import Malformed

MAX_DEPTH = 32
_FIXED = {"b": 1, "y": 1, "n": 2, "q": 2, "i": 4, "u": 4, "h": 4, "x": 8, "t": 8, "d": 8}
_CODE = {"y": "B", "n": "h", "q": "H", "i": "i", "u": "I", "h": "i", "x": "q", "t": "Q", "d": "d"}
_KEYWORD = {"y": "byte ", "n": "int16 ", "q": "uint16 ", "u": "uint32 ", "h": "handle ", "x": "int64 ", "t": "uint64 "}
_KEYWORD.update({"o": "objectpath ", "g": "signature "})
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}
_NUMBER = re.compile(
    r"(?:(?:byte|int16|uint16|int32|uint32|int64|uint64|handle|double)\s+)?([+-]?(?:0x[0-9a-fA-F]+|[0-9]+))$"
)


def number_of(text: str) -> Optional[int]:
    """Return the whole number that a text form stands for (``uint32 900``), or None where it is none."""
    found = _NUMBER.match(text.strip())
    if not found or len(found.group(1)) > 20:
        return None
    digits = found.group(1)
    return int(digits, 16) if "x" in digits else int(digits, 10)


def show_variant(data: bytes, swapped: bool = False) -> str:
    """Return the text form of what a serialised variant (``v``) holds.

    Args:
        data: The variant's bytes, which begin at a multiple of 8.
        swapped: Numbers are big-endian.

    Raises:
        Malformed: it is not in normal form, or nested deeper than ``MAX_DEPTH``.
    """
    return _Printer(swapped).variant(data, 0)


def next_type(types: str, at: int, depth: int = 0) -> int:
    """Return where the complete type that begins at ``at`` ends.

    Args:
        types: A string of types, one behind the other (``a{sv}i``).
        at: Where the type begins in it.
        depth: How many types are open around it; more than ``MAX_DEPTH`` are refused.

    Raises:
        Malformed: No complete type begins there, or it is nested too deeply.
    """
    kind = types[at : at + 1]
    if depth > MAX_DEPTH or not kind:
        raise Malformed("a GVariant type that is not complete, or nested too deeply")
    if kind in "am":
        return next_type(types, at + 1, depth + 1)
    if kind == "(":
        at += 1
        while types[at : at + 1] != ")":
            at = next_type(types, at, depth + 1)
        return at + 1
    if kind == "{":
        if types[at + 1 : at + 2] not in "bynqiuxthdsog":
            raise Malformed("a GVariant dictionary whose key is no basic type")
        at = next_type(types, at + 2, depth + 1)
        if types[at : at + 1] != "}":
            raise Malformed("a GVariant dictionary entry of more than two types")
        return at + 1
    if kind not in "bynqiuxthdsogv":
        raise Malformed("an unknown GVariant type")
    return at + 1


def _members(kind: str) -> List[str]:
    found, at = [], 1
    while at < len(kind) - 1:
        end = next_type(kind, at)
        found.append(kind[at:end])
        at = end
    return found


def _layout(kind: str) -> Tuple[int, int]:
    """Return a type's alignment and its size, 0 where that differs from value to value."""
    first = kind[0]
    if first in _FIXED:
        return _FIXED[first], _FIXED[first]
    if first in "sog":
        return 1, 0
    if first == "v":
        return 8, 0
    if first in "am":
        return _layout(kind[1:])[0], 0
    alignment, size, fixed = 1, 0, True
    for member in _members(kind):
        one, length = _layout(member)
        alignment = max(alignment, one)
        fixed = fixed and length > 0
        size = -(-size // one) * one + length
    return alignment, (-(-size // alignment) * alignment or 1) if fixed else 0


class _Printer:
    def __init__(self, swapped: bool) -> None:
        self._order = ">" if swapped else "<"

    def variant(self, data: bytes, depth: int) -> str:
        end = data.rfind(b"\0")
        kind = data[end + 1 :].decode("ascii", "replace")
        if end < 0 or len(kind) > 255 or next_type(kind, 0) != len(kind):
            raise Malformed("a GVariant without a type")
        return self.show(kind, data[:end], True, depth)

    def show(self, kind: str, data: bytes, annotate: bool, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise Malformed("a GVariant that is nested too deeply")
        first = kind[0]
        if first in _FIXED or first in "sog":
            return (_KEYWORD.get(first, "") if annotate else "") + self._basic(first, data)
        if first == "v":
            return "<" + self.variant(data, depth + 1) + ">"
        if first == "m":
            return self._maybe(kind, data, annotate, depth)
        if first == "a":
            return self._array(kind, data, annotate, depth)
        parts = self._tuple(kind, data)
        shown = [self.show(member, part, annotate, depth + 1) for member, part in parts]
        if first == "{":
            return "{" + ", ".join(shown) + "}"
        return "(" + ", ".join(shown) + (",)" if len(shown) == 1 else ")")

    def _basic(self, kind: str, data: bytes) -> str:
        if kind in "sog":
            if data[-1:] != b"\0" or b"\0" in data[:-1]:
                raise Malformed("a GVariant string without its end")
            return _quoted(data[:-1].decode("utf-8", "replace"))
        if len(data) != _FIXED[kind]:
            raise Malformed("a GVariant number of another size")
        if kind == "b":
            return "true" if data != b"\0" else "false"
        value = struct.unpack(self._order + _CODE[kind], data)[0]
        if kind == "d":
            text = "%.17g" % value
            short = repr(float(value))
            text = short[:-2] if short.endswith(".0") and "e" not in text else text
            return text if re.search(r"[.en]", text) else text + ".0"
        return "0x{:02x}".format(value) if kind == "y" else str(value)

    def _maybe(self, kind: str, data: bytes, annotate: bool, depth: int) -> str:
        mark = "@{} ".format(kind) if annotate else ""
        if not data:
            return mark + "nothing"
        size = _layout(kind[1:])[1]
        inner = data if size else data[:-1]
        text = self.show(kind[1:], inner, False, depth + 1)
        return mark + ("just " if text.startswith(("nothing", "just ")) else "") + text

    def _array(self, kind: str, data: bytes, annotate: bool, depth: int) -> str:
        if kind == "ay" and data[-1:] == b"\0" and b"\0" not in data[:-1]:
            return "b" + _quoted(data[:-1].decode("latin-1"), "\\x{:02x}")
        element = kind[1:]
        parts = self._elements(element, data)
        if not parts:
            return ("@{} ".format(kind) if annotate else "") + ("{}" if element[0] == "{" else "[]")
        shown = []
        for number, part in enumerate(parts):
            full = annotate and not number
            if element[0] == "{":
                pair = self._tuple(element, part)
                shown.append(": ".join(self.show(member, value, full, depth + 2) for member, value in pair))
            else:
                shown.append(self.show(element, part, full, depth + 1))
        return ("{{{}}}" if element[0] == "{" else "[{}]").format(", ".join(shown))

    def _elements(self, element: str, data: bytes) -> List[bytes]:
        alignment, size = _layout(element)
        if not data:
            return []
        if size:
            if len(data) % size:
                raise Malformed("a GVariant array of broken elements")
            return [data[at : at + size] for at in range(0, len(data), size)]
        width = _offset_size(len(data))
        ends_at = self._offset(data, len(data) - width, width)
        if ends_at > len(data) - width or (len(data) - ends_at) % width:
            raise Malformed("a GVariant array without its offsets")
        parts, start = [], 0
        for at in range(ends_at, len(data), width):
            start = -(-start // alignment) * alignment
            end = self._offset(data, at, width)
            if not start <= end <= ends_at:
                raise Malformed("a GVariant array whose elements overlap")
            parts.append(data[start:end])
            start = end
        return parts

    def _tuple(self, kind: str, data: bytes) -> List[Tuple[str, bytes]]:
        members = _members(kind)
        width = _offset_size(len(data))
        framed = sum(1 for member in members[:-1] if not _layout(member)[1])
        limit = len(data) - framed * width
        parts, start, frame = [], 0, len(data)
        for number, member in enumerate(members):
            alignment, size = _layout(member)
            start = -(-start // alignment) * alignment
            if size:
                end = start + size
            elif number == len(members) - 1:
                end = limit
            else:
                frame -= width
                end = self._offset(data, frame, width)
            if not start <= end <= limit:
                raise Malformed("a GVariant tuple whose members overlap")
            parts.append((member, data[start:end]))
            start = end
        return parts

    def _offset(self, data: bytes, at: int, width: int) -> int:
        if at < 0:
            raise Malformed("a GVariant without its offsets")
        return int.from_bytes(data[at : at + width], "big" if self._order == ">" else "little")


def _offset_size(length: int) -> int:
    return 1 if length <= 0xFF else 2 if length <= 0xFFFF else 4 if length <= 0xFFFFFFFF else 8


def _quoted(text: str, other: str = "") -> str:
    quote = '"' if "'" in text else "'"
    out = []
    for char in text:
        if char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif char == quote:
            out.append("\\" + char)
        elif other and not " " <= char <= "~":
            out.append(other.format(ord(char)))
        elif not char.isprintable() and _category(char) in ("Cc", "Cf", "Cn", "Cs"):
            out.append(("\\u{:04x}" if ord(char) < 0x10000 else "\\U{:08x}").format(ord(char)))
        else:
            out.append(char)
    return quote + "".join(out) + quote


def _category(char: str) -> str:
    import unicodedata

    return unicodedata.category(char)
