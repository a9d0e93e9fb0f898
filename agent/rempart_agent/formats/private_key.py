"""What a private key says of itself without its passphrase.

Formats: PEM with PKCS#1 (RFC 8017), SEC 1 (RFC 5915), DSA, PKCS#8 (RFC 5958), each encrypted or not, and OpenSSH's own
(PROTOCOL.key of OpenSSH). The key itself is neither checked nor kept.
"""

import re
from typing import Iterator, NamedTuple, Optional, Tuple

ENCRYPTED = True


class PrivateKey(NamedTuple):
    """A private key.

    Attributes:
        encrypted: Whether a passphrase protects it; None where its header can't be read.
        kind: ``rsa``, ``dsa``, ``ec`` or ``""``: unknown (encrypted, OpenSSH's format, Ed25519), as osquery has it.
        group: The curve's name for ``ec``.
        bits: The key's length; -1 unknown.
        security: Its strength in bits as OpenSSL 3 rates it (NIST SP 800-57); -1 unknown.
    """

    encrypted: Optional[bool]
    kind: str = ""
    group: str = ""
    bits: int = -1
    security: int = -1


_BEGIN = re.compile(r"-----BEGIN ((?:RSA |DSA |EC |ENCRYPTED )?PRIVATE KEY)-----[ \t\r]*\n")
_OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"
_MAGIC = b"openssh-key-v1\0"
_SEQUENCE, _INTEGER, _OCTETS, _OID = 0x30, 0x02, 0x04, 0x06
_RSA, _DSA, _EC = (
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
    b"\x2a\x86\x48\xce\x38\x04\x01",
    b"\x2a\x86\x48\xce\x3d\x02\x01",
)
_EDWARDS = {
    b"\x2b\x65\x70": (256, 128),
    b"\x2b\x65\x71": (456, 224),
    b"\x2b\x65\x6e": (253, 128),
    b"\x2b\x65\x6f": (448, 224),
}
_CURVES = {
    b"\x2a\x86\x48\xce\x3d\x03\x01\x07": ("prime256v1", 256, 128),
    b"\x2b\x81\x04\x00\x22": ("secp384r1", 384, 192),
    b"\x2b\x81\x04\x00\x23": ("secp521r1", 521, 256),
    b"\x2b\x81\x04\x00\x21": ("secp224r1", 224, 112),
    b"\x2b\x81\x04\x00\x0a": ("secp256k1", 256, 128),
    b"\x2a\x86\x48\xce\x3d\x03\x01\x01": ("prime192v1", 192, 80),
    b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07": ("brainpoolP256r1", 256, 128),
    b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b": ("brainpoolP384r1", 384, 192),
    b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d": ("brainpoolP512r1", 512, 256),
}


def examine(text: str) -> Optional[PrivateKey]:
    """Return what the private key in ``text`` says; None where there is none that OpenSSL or OpenSSH would take."""
    for label, body in _blocks(text):
        key = _pem(label, body)
        if key:
            return key
    return _openssh(text) if text.startswith(_OPENSSH) else None


def _blocks(text: str) -> Iterator[Tuple[str, str]]:
    """Yield label and body of each PEM block, in one pass: a block that never ends must not cost its square."""
    endless = set()
    found = _BEGIN.search(text)
    while found:
        label, at = found.group(1), found.end()
        end = -1 if label in endless else text.find("-----END " + label + "-----", at)
        if end < 0:
            endless.add(label)
        else:
            begin = text.rfind("-----BEGIN " + label + "-----", 0, end)
            yield label, text[begin:end].partition("\n")[2]
            at = end
        found = _BEGIN.search(text, at)


def _pem(label: str, body: str) -> Optional[PrivateKey]:
    head, blank, rest = body.replace("\r", "").partition("\n\n")
    if blank and ":" in head:
        if re.search(r"^Proc-Type:\s*4,\s*ENCRYPTED\s*$", head, re.MULTILINE):
            return PrivateKey(ENCRYPTED) if re.search(r"^DEK-Info: ?[A-Z0-9-]+", head, re.MULTILINE) else None
        body = rest
    data = _decode(body)
    try:
        outer = list(_elements(_content(data, _SEQUENCE)))
        if label.startswith("ENCRYPTED"):
            return PrivateKey(ENCRYPTED) if [tag for tag, _ in outer] == [_SEQUENCE, _OCTETS] else None
        if label.startswith("RSA"):
            return _rsa(data)
        if label.startswith("DSA"):
            return _dsa([int.from_bytes(value, "big") for tag, value in outer if tag == _INTEGER])
        if label.startswith("EC"):
            return _ec(next((value for tag, value in outer if tag == 0xA0), b""))
        return _pkcs8(outer)
    except (ValueError, IndexError):
        return None


def _pkcs8(outer: "list[Tuple[int, bytes]]") -> Optional[PrivateKey]:
    if [tag for tag, _ in outer[:3]] != [_INTEGER, _SEQUENCE, _OCTETS]:
        return None
    algorithm = list(_elements(outer[1][1]))
    name = algorithm[0][1]
    if name == _RSA:
        return _rsa(outer[2][1])
    if name == _EC:
        return _curve(algorithm[1][1]) if algorithm[1][0] == _OID else None
    if name == _DSA:
        return _dsa([0] + [int.from_bytes(value, "big") for _, value in _elements(algorithm[1][1])] + [0, 0])
    if name in _EDWARDS:
        bits, security = _EDWARDS[name]
        return PrivateKey(False, "", "", bits, security)
    return None


def _rsa(data: bytes) -> Optional[PrivateKey]:
    numbers = [value for tag, value in _elements(_content(data, _SEQUENCE)) if tag == _INTEGER]
    if len(numbers) < 9:
        return None
    bits = int.from_bytes(numbers[1], "big").bit_length()
    return PrivateKey(False, "rsa", "", bits, security_of(bits))


def _dsa(numbers: "list[int]") -> Optional[PrivateKey]:
    if len(numbers) != 6:
        return None
    bits = numbers[1].bit_length()
    strength = next((s for least, s in ((3072, 128), (2048, 112), (1024, 80)) if bits >= least), 0)
    half = numbers[2].bit_length() // 2
    return PrivateKey(False, "dsa", "", bits, 0 if half < 80 else min(strength, half))


def _ec(parameters: bytes) -> Optional[PrivateKey]:
    return _curve(_content(parameters, _OID))


def _curve(name: bytes) -> Optional[PrivateKey]:
    if name not in _CURVES:
        return PrivateKey(False, "ec")
    group, bits, security = _CURVES[name]
    return PrivateKey(False, "ec", group, bits, security)


def security_of(bits: int) -> int:
    """Return the strength of an RSA key of that many bits (NIST SP 800-57; SP 800-56B, appendix D)."""
    known = {2048: 112, 3072: 128, 4096: 152, 6144: 176, 7680: 192, 8192: 200, 15360: 256}
    if bits in known:
        return known[bits]
    if bits < 8:
        return 0
    import math

    x = bits * math.log(2)
    strength = (1.923 * x ** (1 / 3) * math.log(x) ** (2 / 3) - 4.69) / math.log(2)
    most = 192 if bits <= 7680 else 256 if bits <= 15360 else 1200
    return min((int(strength) + 4) & ~7, most)


def _openssh(text: str) -> PrivateKey:
    data = _decode(text[len(_OPENSSH) :].partition("-----END")[0])
    size = int.from_bytes(data[15:19], "big")
    cipher = data[19 : 19 + size]
    if not data.startswith(_MAGIC) or len(cipher) != size or not 0 < size < 64:
        return PrivateKey(None)
    return PrivateKey(cipher != b"none")


def _decode(body: str) -> bytes:
    import binascii

    text = "".join(body.split()).encode("ascii", "replace")
    try:
        return binascii.a2b_base64(text[: len(text) // 4 * 4])
    except binascii.Error:
        return b""


def _content(data: bytes, tag: int) -> bytes:
    """Return the content of one DER element that is all of ``data``; raises ValueError where it is not."""
    elements = list(_elements(data))
    if len(elements) != 1 or elements[0][0] != tag:
        raise ValueError("another element")
    return elements[0][1]


def _elements(data: bytes) -> Iterator[Tuple[int, bytes]]:
    """Yield tag and content of DER elements (X.690) one after the other; raises ValueError at one that is cut off."""
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1 : at + 2], at + 2
        length = size[0] if size else len(data)
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count], "big")
            at += count
            if not 0 < count <= 4:
                raise ValueError("no length")
        if at + length > len(data):
            raise ValueError("cut off")
        yield tag, data[at : at + length]
        at += length
