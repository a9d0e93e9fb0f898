"""The identity provider: its addresses and keys, where a browser is sent, and who comes back.

Sources: OpenID Connect Core 1.0 (code flow) and Discovery 1.0; RFC 7636 (PKCE); RFC 9207 (the issuer in the answer).
"""

import base64
import json
import secrets
import ssl
import time
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_core.error import RempartError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server.settings import Oidc
from rempart_server.settings_oidc import is_safe

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

PATH = "/login/oidc/callback"
_FRESH = 600.0  # seconds for which the provider's addresses and keys are kept
_AGAIN = 30.0  # seconds between two searches for a key that is not known
_TIMEOUT = 10.0
_MOST = 1024 * 1024  # bytes of an answer


class OidcError(RempartError):
    """Nobody could be identified."""


class Asked(NamedTuple):
    """What a browser was sent with; its cookie keeps it.

    Attributes:
        state: Comes back by the browser.
        nonce: Comes back in the ID token.
        verifier: Of PKCE; sent with the code.
        way: Where the browser wants to go.
    """

    state: str
    nonce: str
    verifier: str
    way: str


class Identified(NamedTuple):
    """Who came back.

    Attributes:
        subject: Issuer and subject, with a blank between.
        claims: All that is said of the person.
    """

    subject: str
    claims: Mapping[str, Json]


class _Known(NamedTuple):
    endpoints: Mapping[str, Any]
    keys: Any
    since: float


def pack(asked: Asked) -> str:
    """Return the value of the cookie."""
    return base64.urlsafe_b64encode(json.dumps(asked).encode()).decode()


def unpack(cookie: str) -> Asked | None:
    """Return what a cookie keeps; None where it is none of ours."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cookie.encode("ascii", "replace")))
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) != len(Asked._fields) or not all(isinstance(x, str) for x in parts):
        return None
    return Asked(*parts)


class Provider:
    """The identity provider of this server, as one worker knows it."""

    def __init__(self, settings: Oidc, address: str) -> None:
        """Use a provider.

        Args:
            settings: Of it.
            address: Of this server, without a slash at its end.
        """
        self._settings = settings
        self._address = address
        self._known: _Known | None = None

    async def begin(self, way: str) -> tuple[str, Asked]:
        """Return where a browser is sent, and what it is sent with.

        Args:
            way: Where the browser wants to go afterwards.

        Raises:
            OidcError: The provider does not answer.
        """
        known = await self._learn()
        asked = Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), way)
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                known.endpoints["authorization_endpoint"],
                state=asked.state,
                code_verifier=asked.verifier,
                nonce=asked.nonce,
            )
        return str(url), asked

    async def finish(self, answer: Mapping[str, str], asked: Asked, now: int) -> Identified:
        """Return who came back.

        Args:
            answer: The query with which the browser came.
            asked: With what it was sent.
            now: Seconds since 1970.

        Raises:
            OidcError: It is nobody whom the provider vouches for, here and now.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
            raise OidcError(Message("server_oidc.state"))
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise OidcError(Message("server_oidc.other_issuer"))
        if "error" in answer:
            raise OidcError(Message("server_oidc.refused", error=answer["error"][:100]))
        known = await self._learn()
        if known.endpoints.get("authorization_response_iss_parameter_supported") is True and "iss" not in answer:
            raise OidcError(Message("server_oidc.other_issuer"))
        tokens = await self._exchange(known, answer.get("code", ""), asked.verifier)
        claims = await self._read(str(tokens.get("id_token", "")), known, asked.nonce, now)
        if self._settings.claim not in claims and "userinfo_endpoint" in known.endpoints:
            more = await self._ask_more(known, str(tokens.get("access_token", "")))
            if more.get("sub") == claims["sub"]:
                claims = {**more, **claims}
        return Identified(f"{self._settings.issuer} {claims['sub']}", claims)

    async def _read(self, token: str, known: _Known, nonce: str, now: int) -> dict[str, Any]:
        from rempart_server.people.id_token import TokenError, read_token

        own = self._settings.issuer, self._settings.client, nonce, now
        try:
            try:
                return read_token(token, known.keys, *own)
            except TokenError as error:
                if not error.unknown_key or time.monotonic() < known.since + _AGAIN:
                    raise
                self._known = None  # the provider has new keys
                return read_token(token, (await self._learn()).keys, *own)
        except TokenError as error:
            raise OidcError(error.message) from error

    async def _exchange(self, known: _Known, code: str, verifier: str) -> Mapping[str, Any]:
        import httpx
        from authlib.common.errors import AuthlibBaseError

        async with self._client() as client:
            try:
                tokens = await client.fetch_token(
                    known.endpoints["token_endpoint"],
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                )
            except (AuthlibBaseError, httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
                raise OidcError(Message("server_oidc.exchange", error=type(error).__name__)) from error
        return dict(tokens)

    async def _ask_more(self, known: _Known, token: str) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        found = await self._get(known.endpoints["userinfo_endpoint"], headers)
        return found if isinstance(found, dict) else {}

    async def _learn(self) -> _Known:
        """Return the provider's addresses and keys, at most ten minutes old."""
        if self._known is not None and time.monotonic() < self._known.since + _FRESH:
            return self._known
        issuer = self._settings.issuer
        found = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or found.get("issuer") != issuer:
            raise OidcError(Message("server_oidc.other_issuer"))
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        named = [found[name] for name in (*needed, "userinfo_endpoint") if name in found]
        if any(name not in found for name in needed) or not all(isinstance(x, str) and is_safe(x) for x in named):
            raise OidcError(Message("server_oidc.addresses"))
        self._known = _Known(found, await self._get(found["jwks_uri"]), time.monotonic())
        return self._known

    async def _get(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        import httpx

        try:
            async with httpx.AsyncClient(verify=self._trust(), timeout=_TIMEOUT) as client:
                async with client.stream("GET", url, headers=dict(headers or {})) as answer:
                    body = bytearray()
                    async for part in answer.aiter_bytes():
                        body += part
                        if len(body) > _MOST:
                            raise OidcError(Message("server_oidc.silent", error="too large"))
                if answer.status_code != httpx.codes.OK:
                    raise OidcError(Message("server_oidc.silent", error=f"HTTP {answer.status_code}"))
                return json.loads(bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise OidcError(Message("server_oidc.silent", error=type(error).__name__)) from error

    def _client(self) -> "AsyncOAuth2Client":
        with warnings.catch_warnings():  # it asks for a fork of httpx
            from authlib.deprecate import AuthlibDeprecationWarning

            warnings.simplefilter("ignore", AuthlibDeprecationWarning)
            from authlib.integrations.httpx_client import AsyncOAuth2Client

        try:
            with open(self._settings.secret_file, encoding="utf-8") as file:
                secret = file.read(10_000).strip()
        except (OSError, ValueError) as error:
            why = reason_of(error) if isinstance(error, OSError) else Message("text.as_is", text="UTF-8")
            raise OidcError(Message("file.failed", path=self._settings.secret_file, error=why)) from error
        return AsyncOAuth2Client(
            self._settings.client,
            secret,
            scope=" ".join(self._settings.scopes),
            redirect_uri=self._address + PATH,
            code_challenge_method="S256",
            verify=self._trust(),
            timeout=_TIMEOUT,
        )

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._settings.ca or None)
        except OSError as error:
            raise OidcError(Message("file.failed", path=self._settings.ca, error=reason_of(error))) from error
