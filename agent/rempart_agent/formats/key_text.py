"""Private keys as text: PEM (RFC 7468), OpenPGP's armour, OpenSSH's, SSH2's and PuTTY's own forms.

A heading alone is no key: what stands below it has to decode as one.
"""

import re
from typing import Optional

PEM = re.compile(rb"-----BEGIN ((?:[A-Z0-9]{2,12} ){0,2})PRIVATE KEY(?: BLOCK)?-----((?:[^-]|-(?!----)){40,400})")
PUTTY = re.compile(
    rb"PuTTY-User-Key-File-[123]: [^\r\n]{1,40}\r?\nEncryption: ([^\r\n]{1,40})\r?\n"
    rb"(?:(?!PuTTY-)[A-Za-z0-9+/=][^\r\n]{0,200}\r?\n){1,200}?"
    rb"Private-Lines: \d{1,3}\r?\n((?:[A-Za-z0-9+/=]{4,64}(?:\r?\n|\Z)){1,200})"
)
SSH2 = re.compile(
    rb"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\r?\n"
    rb"(?:[A-Za-z-]{4,20}:[^\n]{0,200}\n){0,4}([A-Za-z0-9+/=\r\n]{40,400})"
)
_NO_KEY = re.compile(rb"\\[nrt]|[^A-Za-z0-9+/=:,.-]")  # what may stand between the characters of a key
_HEADERS = re.compile(rb"(?:[A-Za-z-]{4,20}:[^\n]{0,100}\n){1,4}")


def judge_pem(match: "re.Match[bytes]", path: str) -> Optional[str]:
    """Judge a key: its body has to decode, whatever stands between its characters.

    Blanks, quotes, escaped ends of lines, NUL of UTF-16 and odd bytes are left out, and lines may be of any length.

    Args:
        match: A match of ``PEM``: its label and its body. All of its text is looked at for what a service account says.
        path: Where it was found; every judge is told, and this one does not need it.
    """
    label, body = match.group(1), match.group(2)
    run = re.match(rb"[A-Za-z0-9+/]{40,}", _NO_KEY.sub(b"", _HEADERS.sub(b"", body)).lstrip(b"-=,.:"))
    locked = 0 <= body.find(b"4,ENCRYPTED") < 32 and b"DEK-Info:" in body  # by its headings (RFC 1421), first of all
    if not run or not (locked or _begins_key(run.group())):
        return None  # spoken of, not kept
    if label == b"ENCRYPTED " or locked or (label == b"OPENSSH " and _is_locked(body)):
        return "encrypted_private_key"
    return "gcp_service_account" if b'"service_account"' in match.string else "private_key"


def _begins_key(text: bytes) -> bool:
    """Tell whether base64 begins as a key does: with a DER sequence, OpenSSH's magic, or a packet of OpenPGP."""
    import binascii

    start = binascii.a2b_base64(text[:20])
    openpgp = start[0] & 0xBC in (0x94, 0x9C) or start[0] & 0xFF in (0xC5, 0xC7)
    return start[0] == 0x30 or start.startswith(b"openssh-key-v1") or openpgp


def _is_locked(body: bytes) -> bool:
    """Tell whether a key in OpenSSH's own format names a cipher (PROTOCOL.key of OpenSSH)."""
    import binascii

    text = re.sub(rb"\\n|[^A-Za-z0-9+/]", b"", body)[:64]
    start = binascii.a2b_base64(text[: len(text) // 4 * 4])
    return start.startswith(b"openssh-key-v1\0") and start[19:23] != b"none"


def judge_putty(match: "re.Match[bytes]", path: str) -> Optional[str]:
    """Judge a key of PuTTY by its private lines, which are base64 of a length, or of whole blocks of a cipher.

    Source: "PPK file format" of PuTTY's manual.

    Args:
        match: A match of ``PUTTY``: the cipher and the private lines.
        path: Where it was found; every judge is told, and this one does not need it.
    """
    import binascii

    try:
        body = binascii.a2b_base64(re.sub(rb"\s", b"", match.group(2)))
    except ValueError:
        return None
    if match.group(1).strip() != b"none":
        return "encrypted_private_key" if len(body) >= 16 and len(body) % 16 == 0 else None
    return "private_key" if len(body) > 4 and int.from_bytes(body[:4], "big") <= len(body) - 4 else None


def judge_ssh2(match: "re.Match[bytes]", path: str) -> Optional[str]:
    """Judge a key of SSH Tectia by its first four bytes (``SSHCOM_MAGIC_NUMBER`` of PuTTY's import.c).

    Args:
        match: A match of ``SSH2``: what follows the headings.
        path: Where it was found; every judge is told, and this one does not need it.
    """
    return "encrypted_private_key" if match.group(1).lstrip().startswith(b"P2/56w") else None
