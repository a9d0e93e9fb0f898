"""What only its holder knows: cookies, one-time links, tokens. The store keeps their SHA-256 alone."""

import hashlib
import secrets

PREFIX = "rempart_"
"""Of a program's token, so that those who search for lost secrets find it."""


def make_secret() -> str:
    """Return 256 random bits as text that a URL and a cookie take."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """Return what the store keeps of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
