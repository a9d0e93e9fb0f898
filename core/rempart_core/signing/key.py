"""The key that signs: Ed25519, made on first use, private to the user.

Sources: RFC 8032 (Ed25519); RFC 8410 and RFC 5958 (its private key in PKCS #8, PEM), which ``openssl pkey`` reads.
"""

import os
import stat
import sys

from rempart_core.error import KeyFileError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

_KEY_LENGTH = 32  # RFC 8032, 5.1.5
# How many bytes of a key file are read.
_LIMIT = 10_000


class Key:
    """A private key that signs; it never shows itself.

    Attributes:
        public: The public key, 32 bytes in hex.
    """

    def __init__(self, pem: bytes, path: str) -> None:
        """Read a private key.

        Args:
            pem: All of its file.
            path: Where it lies, for messages.

        Raises:
            KeyFileError: It is no private key in PEM, is locked, or is none of Ed25519.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            private = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyFileError(Message("key.no_pem", path=path)) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError(Message("key.no_ed25519", path=path))
        self._private = private
        self.public = private.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """Return the signature of ``message``, 64 bytes in hex."""
        return self._private.sign(message).hex()


def load_key(path: str, *, create: bool = True) -> Key:
    """Return the key of a file, made where there is none.

    Args:
        path: Where it lies.
        create: Make it where it is not there.

    Raises:
        KeyFileError: It can't be read or made, others may read it, or it is no Ed25519 key.
    """
    try:
        try:
            pem = _read(path)
        except FileNotFoundError:
            if not create:
                raise
            pem = _make(path)
    except OSError as error:
        raise KeyFileError(Message("key.failed", path=path, error=reason_of(error))) from error
    return Key(pem, path)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise KeyFileError(Message("key.not_regular", path=path))
        if sys.platform != "win32" and status.st_mode & 0o077:
            raise KeyFileError(Message("key.open", path=path))
        return file.read(_LIMIT)


def _make(path: str) -> bytes:
    """Make a key; where two are made at the same time, the one that was there first is it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)  # which, unlike a rename, never takes another key's place
        except FileExistsError:
            return _read(path)
    finally:
        os.unlink(beside)
    return pem


def is_signed(message: bytes, signature: str, public: str) -> bool:
    """Tell whether ``signature`` (hex) of ``message`` is by the private half of ``public`` (hex)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw, key = bytes.fromhex(signature), bytes.fromhex(public)
        if (raw.hex(), key.hex()) != (signature, public):
            return False  # spaces and capitals, which fromhex takes, would be a second way to write the same
        Ed25519PublicKey.from_public_bytes(key).verify(raw, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def read_public(text: str) -> str:
    """Return a public key that a user gave: 64 hex digits, or a file that holds them or a PEM of either half.

    Raises:
        UsageError: It is neither.
    """
    word = text.strip().lower()
    if _is_hex(word):
        return word
    try:
        with open(text, "rb") as file:
            data = file.read(_LIMIT)
    except OSError as error:
        raise UsageError(Message("key.option", text=text, error=reason_of(error))) from error
    word = data.decode("ascii", "replace").strip().lower()
    return word if _is_hex(word) else _read_pem(data, text)


def _is_hex(word: str) -> bool:
    return len(word) == 2 * _KEY_LENGTH and all(digit in "0123456789abcdef" for digit in word)


def _read_pem(data: bytes, path: str) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if b"PRIVATE KEY" in data:
        return Key(data, path).public
    try:
        public = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(Message("key.option_no_key", path=path)) from error
    if not isinstance(public, Ed25519PublicKey):
        raise UsageError(Message("key.option_no_ed25519", path=path))
    return public.public_bytes_raw().hex()
