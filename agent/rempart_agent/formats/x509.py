r"""Reads X.509 certificates (RFC 5280) as OpenSSL shows them, from DER (X.690) and from PEM (RFC 7468).

Nothing is verified: neither signatures nor chains. Names are printed as ``X509_NAME_oneline`` does (``/C=FR/CN=x``) and
as ``XN_FLAG_ONELINE`` does (``C = FR, CN = x``), algorithms by OpenSSL's long names.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import oid
from rempart_agent.source.contract import Malformed

MAX_CERTIFICATES = 5_000
"""The most certificates of one file."""

_BEGIN = re.compile(r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----")
_END = re.compile(r"-----END (?:X509 |TRUSTED )?CERTIFICATE-----")
_INTEGER, _BITS, _OCTETS, _OID, _SEQUENCE, _SET = 0x02, 0x03, 0x04, 0x06, 0x30, 0x31
_UTC_TIME, _BMP, _UNIVERSAL = 0x17, 0x1E, 0x1C
_KEY_CERT_SIGN = 0x04
_USAGES = (
    (0x0001, "Encipher Only"),
    (0x0002, "CRL Sign"),
    (0x0004, "Key Cert Sign"),
    (0x0008, "Key Agreement"),
    (0x0010, "Data Encipherment"),
    (0x0020, "Key Encipherment"),
    (0x0040, "Non Repudiation"),
    (0x0080, "Digital Signature"),
    (0x8000, "Decipher Only"),
)

Rdns = List[List[Tuple[str, int, bytes]]]
"""A name: its relative names, each of them attributes of OID, string type and value."""


class Certificate(NamedTuple):
    """One certificate.

    Attributes:
        subject: Its name.
        issuer: Its issuer's name.
        not_before: Start of its validity, seconds since the epoch.
        not_after: End of its validity, seconds since the epoch.
        signature: OID of the signature's algorithm.
        key: OID of the key's algorithm.
        strength: Bits of an RSA or DSA key, the curve's name of an EC key, else ``""``.
        serial: Serial number.
        usage: Bits of the key usage as OpenSSL numbers them; None without that extension.
        authority: What it may sign: True for a CA, by OpenSSL's rules for old certificates too.
        self_signed: Whether it names itself as its issuer.
        subject_key: Subject key identifier, in hex.
        authority_key: Authority key identifier, in hex.
        sha1: Its fingerprint, in hex.
    """

    subject: Rdns
    issuer: Rdns
    not_before: int
    not_after: int
    signature: str
    key: str
    strength: str
    serial: int
    usage: Optional[int]
    authority: bool
    self_signed: bool
    subject_key: str
    authority_key: str
    sha1: str


class Element(NamedTuple):
    """One DER element: its tag, its content, and where it stands in the bytes that it was read from."""

    tag: int
    content: bytes
    start: int
    end: int


def read_pem(text: str) -> Iterator[Certificate]:
    """Yield the certificates in a PEM file, in its order; whatever else is in it is passed over.

    Raises:
        Malformed: a certificate can't be understood, or there are more than ``MAX_CERTIFICATES``.
    """
    import binascii

    at = count = 0
    while True:
        begin = _BEGIN.search(text, at)
        if not begin:
            return
        end = _END.search(text, begin.end())
        if not end:
            raise Malformed("a PEM certificate does not end")
        at = end.end()
        count += 1
        if count > MAX_CERTIFICATES:
            raise Malformed("more than {max_certificates} certificates", max_certificates=MAX_CERTIFICATES)
        body = "".join(text[begin.end() : end.start()].split())
        try:
            der = binascii.a2b_base64(body.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError) as error:
            raise Malformed("a PEM certificate is no base64: {error}", error=error) from error
        yield read_der(der)


def read_der(data: bytes) -> Certificate:
    """Read one certificate; what follows it (OpenSSL's trust settings) is passed over.

    Raises:
        Malformed: it can't be understood.
    """
    import hashlib

    try:
        whole = _element(data, 0)
        body = _expect(_children(whole)[0], _SEQUENCE)
        fields = _children(body)
        version = _integer(_children(fields.pop(0))[0].content) if fields[0].tag == 0xA0 else 0
        serial, algorithm, issuer_name, validity, subject_name, key = fields[:6]
        issuer, subject = _name(issuer_name), _name(subject_name)
        begin, end = (_moment(e) for e in _children(validity)[:2])
        key_kind, strength = _key(key)
        extensions = _extensions(fields[6:])
        usage = _usage(extensions.get("2.5.29.15"))
        known = _identifier(extensions.get("2.5.29.14"))
        issued_by = _authority(extensions.get("2.5.29.35"))
        same = issuer_name.content == subject_name.content
        may_sign = usage is None or bool(usage & _KEY_CERT_SIGN)
        return Certificate(
            subject=subject,
            issuer=issuer,
            not_before=begin,
            not_after=end,
            signature=_oid(_children(algorithm)[0].content),
            key=key_kind,
            strength=strength,
            serial=_integer(_expect(serial, _INTEGER).content),
            usage=usage,
            authority=_is_authority(extensions, usage, version, same),
            self_signed=same and may_sign and (not issued_by or not known or issued_by == known),
            subject_key=known,
            authority_key=issued_by,
            sha1=hashlib.sha1(data[: whole.end]).hexdigest(),  # noqa: S324 - a fingerprint, as osquery shows it
        )
    except (IndexError, ValueError, OverflowError) as error:
        raise Malformed("a certificate can't be understood: {error}", error=error) from error


def oneline(name: Rdns) -> str:
    """Return a name as ``X509_NAME_oneline`` does."""
    parts = []
    for rdn in name:
        for number, (kind, _, value) in enumerate(rdn):
            printed = "".join(chr(b) if 0x20 <= b <= 0x7E else "\\x{:02X}".format(b) for b in value)
            parts.append("{}{}={}".format("+" if number else "/", oid.SHORT.get(kind, kind), printed))
    return "".join(parts)


def spaced(name: Rdns) -> str:
    """Return a name as ``X509_NAME_print_ex`` does with ``XN_FLAG_ONELINE``."""
    return ", ".join(
        " + ".join("{} = {}".format(oid.SHORT.get(k, k), _escaped(text_of(tag, value))) for k, tag, value in rdn)
        for rdn in name
    )


def values(name: Rdns) -> str:
    """Return the values of a name without what they are, as ``CertNameToStr`` does with ``CERT_SIMPLE_NAME_STR``."""
    return ", ".join(" + ".join(text_of(tag, value) for _, tag, value in rdn) for rdn in name)


def common_name(name: Rdns) -> str:
    """Return the first common name of a name, ``""`` where it has none."""
    for rdn in name:
        for kind, tag, value in rdn:
            if kind == "2.5.4.3":
                return text_of(tag, value)
    return ""


def usages(certificate: Certificate) -> str:
    """Return what a certificate's key may be used for, in words, in OpenSSL's order."""
    usage = certificate.usage
    return "" if usage is None else ", ".join(word for bit, word in _USAGES if usage & bit)


def text_of(tag: int, value: bytes) -> str:
    """Return an ASN.1 string as text.

    Args:
        tag: The type of the string (X.680, 8.4).
        value: Its bytes.
    """
    encoding = "utf-16-be" if tag == _BMP else "utf-32-be" if tag == _UNIVERSAL else "utf-8"
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _escaped(text: str) -> str:
    """Escape a value as RFC 2253 asks, in quotes where a character needs it (``ASN1_STRFLGS_ESC_QUOTE``)."""
    escaped = "".join(
        "\\{:02X}".format(byte) if byte < 0x20 or byte > 0x7E else ("\\" if byte in b'\\"' else "") + chr(byte)
        for byte in text.encode("utf-8", "replace")
    )
    needs = any(c in ",+<>;" for c in text) or text[:1] in ("#", " ") or text[-1:] == " "
    return '"{}"'.format(escaped) if needs else escaped


def _element(data: bytes, at: int) -> Element:
    """Read the element that begins at ``at``; raises ``ValueError`` or ``IndexError`` where there is none."""
    tag, size = data[at], data[at + 1]
    begin = at + 2
    if size & 0x80:
        length = size & 0x7F
        if not 1 <= length <= 4:
            raise ValueError("a length of {} bytes".format(length))
        size = int.from_bytes(data[begin : begin + length], "big")
        begin += length
    end = begin + size
    if end > len(data):
        raise ValueError("an element is cut off")
    return Element(tag, data[begin:end], at, end)


def _children(element: Element) -> List[Element]:
    found = []
    at = 0
    while at < len(element.content):
        child = _element(element.content, at)
        found.append(child)
        at = child.end
    return found


def _expect(element: Element, tag: int) -> Element:
    if element.tag != tag:
        raise ValueError("tag {:#x} where {:#x} belongs".format(element.tag, tag))
    return element


def _integer(content: bytes) -> int:
    return int.from_bytes(content, "big", signed=True)


def _oid(content: bytes) -> str:
    numbers: List[int] = []
    value = 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if value >> 128:
            raise ValueError("an object identifier without end")
        if not byte & 0x80:
            numbers += [min(value // 40, 2), value - 40 * min(value // 40, 2)] if not numbers else [value]
            value = 0
    return ".".join(map(str, numbers))


def _name(element: Element) -> Rdns:
    name: Rdns = []
    for rdn in _children(_expect(element, _SEQUENCE)):
        attributes = []
        for attribute in _children(_expect(rdn, _SET)):
            kind, value = _children(attribute)[:2]
            attributes.append((_oid(_expect(kind, _OID).content), value.tag, value.content))
        name.append(attributes)
    return name


def _moment(element: Element) -> int:
    """Return seconds since the epoch of a UTCTime or GeneralizedTime, RFC 5280 section 4.1.2.5."""
    import calendar

    text = element.content.decode("ascii")
    if element.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    found = re.match(
        r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?(?:\.[0-9]+)?(Z|[+-][0-9]{4})$", text
    )
    if not found:
        raise ValueError("no date: {!r}".format(text[:40]))
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError("no date: {!r}".format(text))
    zone = found.group(7)
    offset = 0 if zone == "Z" else (int(zone[1:3]) * 60 + int(zone[3:])) * (60 if zone[0] == "+" else -60)
    return calendar.timegm((year, month, day, hour, minute, second)) - offset


def _key(element: Element) -> Tuple[str, str]:
    """Return OID and strength of a SubjectPublicKeyInfo."""
    algorithm, bits = _children(_expect(element, _SEQUENCE))[:2]
    kind, *parameters = _children(algorithm)
    name = _oid(kind.content)
    if name == oid.RSA:
        numbers = _children(_element(_expect(bits, _BITS).content, 1))
        return name, str(len(numbers[0].content.lstrip(b"\0")) * 8)
    if name == oid.DSA and parameters and parameters[0].tag == _SEQUENCE:
        order = len(_children(parameters[0])[1].content.lstrip(b"\0"))
        size = 2 * (order + 3)  # of a signature, which is what EVP_PKEY_size tells
        return name, str((size + (3 if size > 127 else 2)) * 8)
    if name == oid.EC and parameters and parameters[0].tag == _OID:
        curve = _oid(parameters[0].content)
        return name, oid.CURVES.get(curve, curve)
    return name, ""


def _extensions(fields: List[Element]) -> Dict[str, bytes]:
    """Return OID to value of the extensions among a certificate's last fields; the first of each counts."""
    found: Dict[str, bytes] = {}
    for field in fields:
        if field.tag == 0xA3:
            for extension in _children(_children(field)[0]):
                kind, *rest = _children(extension)
                found.setdefault(_oid(kind.content), _expect(rest[-1], _OCTETS).content)
    return found


def _usage(value: Optional[bytes]) -> Optional[int]:
    if value is None:
        return None
    bits = _expect(_element(value, 0), _BITS).content[1:]
    return (bits[0] if bits else 0) | (bits[1] << 8 if len(bits) > 1 else 0)


def _identifier(value: Optional[bytes]) -> str:
    return "" if value is None else _expect(_element(value, 0), _OCTETS).content.hex()


def _authority(value: Optional[bytes]) -> str:
    if value is None:
        return ""
    return next((part.content.hex() for part in _children(_element(value, 0)) if part.tag == 0x80), "")


def _is_authority(extensions: Dict[str, bytes], usage: Optional[int], version: int, same: bool) -> bool:
    """Tell whether a certificate may sign others; ``X509_check_ca`` of OpenSSL."""
    if usage is not None and not usage & _KEY_CERT_SIGN:
        return False
    constraints = extensions.get("2.5.29.19")
    if constraints is not None:
        parts = _children(_element(constraints, 0))
        return bool(parts) and parts[0].tag == 0x01 and any(parts[0].content)
    if version == 0 and same:  # a root of the days before extensions
        return True
    netscape = extensions.get("2.16.840.1.113730.1.1")
    return usage is not None or (netscape is not None and bool((_usage(netscape) or 0) & 0x07))
