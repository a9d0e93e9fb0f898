"""Tells of a certificate as OpenSSL prints it, by OpenSSL's own library: the one that Python speaks TLS with.

Source: X509_get_ext_by_NID(3), X509V3_EXT_print(3), X509_NAME_get_text_by_NID(3), ASN1_TIME_print(3). What osquery
tells of a certificate is what these functions print.
"""

import ctypes
from typing import Dict, List, Optional

from rempart_agent.source.contract import Malformed, Missing

_NAMES = ("libcrypto.so.3", "libcrypto.so.1.1")
_ENTRIES = {"common_name": 13, "organization": 17, "organization_unit": 18}  # NID_… of obj_mac.h
_EXTENSIONS = {
    "subject_key_identifier": b"subjectKeyIdentifier",
    "authority_key_identifier": b"authorityKeyIdentifier",
    "key_usage": b"keyUsage",
    "extended_key_usage": b"extendedKeyUsage",
    "policies": b"certificatePolicies",
    "subject_alternative_names": b"subjectAltName",
    "issuer_alternative_names": b"issuerAltName",
    "info_access": b"authorityInfoAccess",
    "subject_info_access": b"subjectInfoAccess",
    "policy_mappings": b"policyMappings",
    "basic_constraint": b"basicConstraints",
    "name_constraints": b"nameConstraints",
    "policy_constraints": b"policyConstraints",
}
_P, _I, _S = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
_CALLS = {
    "d2i_X509": (_P, [_P, ctypes.POINTER(ctypes.c_void_p), ctypes.c_long]),
    "X509_free": (None, [_P]),
    "X509_get_subject_name": (_P, [_P]),
    "X509_get_issuer_name": (_P, [_P]),
    "X509_NAME_get_text_by_NID": (_I, [_P, _I, _P, _I]),
    "X509_get_serialNumber": (_P, [_P]),
    "X509_get0_notBefore": (_P, [_P]),
    "X509_get0_notAfter": (_P, [_P]),
    "X509_cmp_current_time": (_I, [_P]),
    "X509_get_version": (ctypes.c_long, [_P]),
    "X509_get_signature_nid": (_I, [_P]),
    "X509_get0_signature": (None, [ctypes.POINTER(ctypes.c_void_p), _P, _P]),
    "X509_get_ext_by_NID": (_I, [_P, _I, _I]),
    "X509_get_ext": (_P, [_P, _I]),
    "X509_EXTENSION_get_data": (_P, [_P]),
    "X509V3_EXT_print": (_I, [_P, _P, ctypes.c_ulong, _I]),
    "ASN1_STRING_print": (_I, [_P, _P]),
    "ASN1_STRING_get0_data": (_P, [_P]),
    "ASN1_STRING_length": (_I, [_P]),
    "ASN1_TIME_print": (_I, [_P, _P]),
    "ASN1_INTEGER_to_BN": (_P, [_P, _P]),
    "BN_bn2hex": (_P, [_P]),
    "BN_free": (None, [_P]),
    "CRYPTO_free": (None, [_P, _S, _I]),
    "OBJ_nid2sn": (_S, [_I]),
    "OBJ_sn2nid": (_I, [_S]),
    "BIO_s_mem": (_P, []),
    "BIO_new": (_P, [_P]),
    "BIO_read": (_I, [_P, _P, _I]),
    "BIO_free": (_I, [_P]),
}


def describe(der: bytes) -> Dict[str, str]:
    """Return what a certificate says, each part as OpenSSL prints it.

    Args:
        der: The certificate.

    Raises:
        Missing: OpenSSL's library is not there.
        Malformed: it is no certificate.
    """
    library = load()
    data = ctypes.create_string_buffer(der, len(der))
    place = ctypes.c_void_p(ctypes.addressof(data))
    certificate = library.d2i_X509(None, ctypes.byref(place), len(der))
    if not certificate:
        raise Malformed("no certificate that OpenSSL understands")
    try:
        return _Told(library, certificate).row()
    finally:
        library.X509_free(certificate)


def load() -> ctypes.CDLL:
    """Return the library, its calls described.

    Raises:
        Missing: it is not there, or lacks what is called.
    """
    import ssl  # which loads the one that is in use

    found: Optional[ctypes.CDLL] = None
    for name in (_loaded(), *_NAMES):
        try:
            found = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if found is not None:
            break
    if found is None:
        raise Missing(
            "OpenSSL's libcrypto is not there, which certificates are told with ({text})", text=ssl.OPENSSL_VERSION
        )
    for call, (gives, takes) in _CALLS.items():
        try:
            function = getattr(found, call)
        except AttributeError:
            raise Missing("OpenSSL's libcrypto lacks {name}", name=call) from None
        function.restype, function.argtypes = gives, takes
    return found


def _loaded() -> str:
    """Return the path of the library that this process has in its memory; ``""`` where it has none of its own."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
            paths = (line.rstrip("\n").split(" ", 5)[-1].strip() for line in file)
            return next((path for path in paths if path.rpartition("/")[2].startswith("libcrypto")), "")
    except OSError:
        return ""


class _Told:
    """What one certificate says."""

    def __init__(self, library: ctypes.CDLL, certificate: int) -> None:
        self._c = library
        self._x = certificate

    def row(self) -> Dict[str, str]:
        row = {name: self._entry(self._c.X509_get_subject_name(self._x), nid) for name, nid in _ENTRIES.items()}
        issuer = self._c.X509_get_issuer_name(self._x)
        row.update({"issuer_" + name: self._entry(issuer, nid) for name, nid in _ENTRIES.items()})
        row.update({name: self._extension(short) for name, short in _EXTENSIONS.items()})
        after = self._c.X509_get0_notAfter(self._x)
        row["valid_from"] = self._time(self._c.X509_get0_notBefore(self._x))
        row["valid_to"] = self._time(after)
        row["has_expired"] = str(int(self._c.X509_cmp_current_time(after) <= 0))
        row["version"] = str(self._c.X509_get_version(self._x) + 1)
        row["serial_number"] = self._serial()
        nid = self._c.X509_get_signature_nid(self._x)
        row["signature_algorithm"] = (self._c.OBJ_nid2sn(nid) or b"").decode("latin-1") if nid else "undefined"
        row["signature"] = self._signature() if nid else ""
        return row

    def _entry(self, name: int, nid: int) -> str:
        text = ctypes.create_string_buffer(256)  # as long as osquery takes
        if self._c.X509_NAME_get_text_by_NID(name, nid, text, len(text)) == -1:
            return ""
        return text.value.decode("utf-8", "replace")

    def _serial(self) -> str:
        number = self._c.ASN1_INTEGER_to_BN(self._c.X509_get_serialNumber(self._x), None)
        digits = self._c.BN_bn2hex(number)
        self._c.BN_free(number)
        if not digits:
            return ""
        text = (ctypes.cast(digits, ctypes.c_char_p).value or b"").decode("ascii")
        self._c.CRYPTO_free(digits, b"", 0)
        return text

    def _signature(self) -> str:
        found = ctypes.c_void_p()
        self._c.X509_get0_signature(ctypes.byref(found), None, self._x)
        if not found:
            return ""
        length = self._c.ASN1_STRING_length(found)
        data = ctypes.string_at(self._c.ASN1_STRING_get0_data(found), length) if length > 0 else b""
        return ":".join("{:02x}".format(byte) for byte in data)

    def _time(self, time: int) -> str:
        bio = self._c.BIO_new(self._c.BIO_s_mem())
        try:
            self._c.ASN1_TIME_print(bio, time)
            return self._printed(bio)
        finally:
            self._c.BIO_free(bio)

    def _extension(self, short: bytes) -> str:
        at = self._c.X509_get_ext_by_NID(self._x, self._c.OBJ_sn2nid(short), -1)
        if at < 0:
            return ""
        extension = self._c.X509_get_ext(self._x, at)
        bio = self._c.BIO_new(self._c.BIO_s_mem())
        try:
            if not self._c.X509V3_EXT_print(bio, extension, 0, 0):
                self._c.ASN1_STRING_print(bio, self._c.X509_EXTENSION_get_data(extension))
            text = self._printed(bio)
        finally:
            self._c.BIO_free(bio)
        for _ in range(2):
            if text.endswith(("\n", "\r")):
                text = text[:-1]
        return text.replace("\n", ";")

    def _printed(self, bio: int) -> str:
        parts: List[bytes] = []
        buffer = ctypes.create_string_buffer(1 << 16)
        while True:
            count = self._c.BIO_read(bio, buffer, len(buffer))
            if count <= 0:
                return b"".join(parts).decode("utf-8", "replace")
            parts.append(buffer.raw[:count])
