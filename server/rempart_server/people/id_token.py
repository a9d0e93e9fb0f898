"""The ID token of OpenID Connect: a signature by one of the provider's keys, for this server, for this browser, now.

Source: OpenID Connect Core 1.0, 3.1.3.7.
"""

from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from rempart_core.messages.message import Message

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA", "Ed25519")
"""By asymmetric keys: a client's secret never signs, and what is not signed is not read."""
_LONGEST = 255  # characters of a subject: OpenID Connect Core 1.0, 2
LEEWAY = 60
"""Seconds by which two clocks may differ."""


class TokenError(Exception):
    """An ID token proves nothing.

    Attributes:
        message: Why.
        unknown_key: Whether it names a key that is not among those that are known.
    """

    def __init__(self, message: Message, *, unknown_key: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.unknown_key = unknown_key


def read_token(token: str, keys: Any, issuer: str, client: str, nonce: str, now: int) -> dict[str, Any]:
    """Return the claims of an ID token.

    Args:
        token: As the provider gave it.
        keys: The provider's key set (RFC 7517), decoded JSON.
        issuer: Who must have made it.
        client: For whom it must be.
        nonce: What was sent with this browser's request.
        now: Seconds since 1970.

    Raises:
        TokenError: It proves nothing.
    """
    try:
        found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))
        jwt.JWTClaimsRegistry(
            now,
            LEEWAY,
            iss={"essential": True, "value": issuer},
            sub={"essential": True},
            aud={"essential": True, "value": client},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(found.claims)
    except InvalidKeyIdError as error:
        raise TokenError(Message("server_oidc.token", error=type(error).__name__), unknown_key=True) from error
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TokenError(Message("server_oidc.token", error=type(error).__name__)) from error
    _expect_ours(found.claims, client, nonce)
    return found.claims


def _expect_ours(claims: dict[str, Any], client: str, nonce: str) -> None:
    """Make sure of what the library takes more loosely: one nonce, and of several audiences the one that asked."""
    if not claims["sub"].isprintable() or len(claims["sub"]) > _LONGEST:
        raise TokenError(Message("server_oidc.token", error="sub"))
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims["nonce"] != nonce:
        raise TokenError(Message("server_oidc.token", error="nonce"))
    if claims.get("azp", None if several else client) != client:
        raise TokenError(Message("server_oidc.token", error="azp"))
