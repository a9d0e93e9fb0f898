"""Certificates as Windows keeps them, one in a value ``Blob`` of the registry, and how CryptoAPI names algorithms.

A blob is a row of properties: a number, an encoding, a size, and so many bytes; the certificate itself (DER) is the
property 32. Sources: certificates.cpp of osquery (``getEncodedCert``), crypt32_private.h of Wine; [MS-GPEF] 2.2.1.2.
"""

import struct
from typing import Optional

from rempart_agent.source.contract import Malformed

_CERTIFICATE = 32

SIGNATURES = {
    "1.2.840.113549.1.1.2": "md2RSA",
    "1.2.840.113549.1.1.3": "md4RSA",
    "1.2.840.113549.1.1.4": "md5RSA",
    "1.2.840.113549.1.1.5": "sha1RSA",
    "1.3.14.3.2.29": "sha1RSA",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.113549.1.1.11": "sha256RSA",
    "1.2.840.113549.1.1.12": "sha384RSA",
    "1.2.840.113549.1.1.13": "sha512RSA",
    "1.2.840.10040.4.3": "sha1DSA",
    "1.2.840.10045.4.1": "sha1ECDSA",
    "1.2.840.10045.4.3.2": "sha256ECDSA",
    "1.2.840.10045.4.3.3": "sha384ECDSA",
    "1.2.840.10045.4.3.4": "sha512ECDSA",
}
"""Names of the algorithms of signatures (``CryptFindOIDInfo``; wincrypt.h)."""

KEYS = {"1.2.840.113549.1.1.1": "RSA", "1.2.840.10040.4.1": "DSA", "1.2.840.10045.2.1": "ECC"}
"""Names of the algorithms of keys."""

CURVES = {
    "prime192v1": "192",
    "prime256v1": "256",
    "secp256k1": "256",
    "secp224r1": "224",
    "secp384r1": "384",
    "secp521r1": "521",
    "brainpoolP256r1": "256",
    "brainpoolP384r1": "384",
    "brainpoolP512r1": "512",
}
"""Bits of the keys of curves, as ``CertGetPublicKeyLength`` tells them."""


def certificate(blob: bytes) -> Optional[bytes]:
    """Return the certificate of a blob (DER), None where it holds properties alone.

    Args:
        blob: The value ``Blob``.

    Raises:
        Malformed: it is cut off, or holds two.
    """
    found: Optional[bytes] = None
    at = 0
    while at < len(blob):
        if at + 12 > len(blob):
            raise Malformed("a stored certificate is cut off")
        number, _, size = struct.unpack_from("<3I", blob, at)
        at += 12 + size
        if at > len(blob):
            raise Malformed("a stored certificate is cut off")
        if number == _CERTIFICATE:
            if found is not None:
                raise Malformed("a stored certificate stands there twice")
            found = blob[at - size : at]
    return found
