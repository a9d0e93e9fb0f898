"""What is read of a provider's answers, and what a cookie keeps; the way itself: ``test_oidc_login.py``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from rempart_server.people.oidc import Asked, OidcError, Provider, pack, unpack
from rempart_server.settings import Oidc

ISSUER = "https://id.example.org"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}


def test_a_cookie_keeps_what_was_asked() -> None:
    asked = Asked("state", "nonce", "verifier", "/hosts")
    assert unpack(pack(asked)) == asked


@pytest.mark.parametrize("cookie", ["", "x", "é", "W10=", "e30=", "WzEsMiwzLDRd", "W1tbW1tbW1tbW1tb"])
def test_another_cookie_is_none_of_ours(cookie: str) -> None:
    assert unpack(cookie) is None


def a_provider(monkeypatch: pytest.MonkeyPatch, folder: Path, answers: dict[str, Any]) -> Provider:
    (folder / "secret").write_text("s", encoding="utf-8")
    made = Provider(Oidc(ISSUER, "rempart", str(folder / "secret")), "https://localhost:8443")

    async def get(url: str, headers: object = None) -> Any:
        return answers[url]

    monkeypatch.setattr(made, "_get", get)
    return made


def test_a_browser_is_sent_with_pkce_and_a_nonce(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = {f"{ISSUER}/.well-known/openid-configuration": GOOD, f"{ISSUER}/keys": {"keys": []}}
    url, asked = asyncio.run(a_provider(monkeypatch, tmp_path, answers).begin("/"))
    assert url.startswith(f"{ISSUER}/auth?response_type=code&client_id=rempart&")
    assert all(f"{name}=" in url for name in ("code_challenge", "nonce", "state", "redirect_uri"))
    assert "code_challenge_method=S256" in url
    assert asked.verifier not in url


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://id.example.org/token"},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"userinfo_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "https://user@id.example.org/"},
    ],
)
def test_addresses_that_are_not_safe_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: dict[str, object]
) -> None:
    said = {name: value for name, value in {**GOOD, **wrong}.items() if value is not None}
    answers = {f"{ISSUER}/.well-known/openid-configuration": said, f"{ISSUER}/keys": {"keys": []}}
    with pytest.raises(OidcError):
        asyncio.run(a_provider(monkeypatch, tmp_path, answers).begin("/"))


def test_a_provider_with_new_keys_is_asked_again_and_not_without_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("old", "new"))
    claims = {"iss": ISSUER, "sub": "7", "aud": "rempart", "nonce": "n", "iat": 1000, "exp": 1300, "groups": []}
    token = jwt.encode({"alg": "RS256", "kid": "new"}, claims, new)
    keys = {"old": KeySet([old]).as_dict(private=False), "new": KeySet([new]).as_dict(private=False)}
    answers = {f"{ISSUER}/.well-known/openid-configuration": GOOD, f"{ISSUER}/keys": keys["old"]}
    made = a_provider(monkeypatch, tmp_path, answers)

    async def exchange(*_: object) -> dict[str, str]:
        return {"id_token": token}

    monkeypatch.setattr(made, "_exchange", exchange)
    asked = Asked("s", "n", "v", "/")

    def finish() -> str:
        return asyncio.run(made.finish({"state": "s", "code": "c"}, asked, 1000)).subject

    with pytest.raises(OidcError):
        finish()
    answers[f"{ISSUER}/keys"] = keys["new"]
    with pytest.raises(OidcError):  # it was asked less than half a minute ago
        finish()
    monkeypatch.setattr("rempart_server.people.oidc._AGAIN", 0.0)
    assert finish() == f"{ISSUER} 7"


def test_a_secret_that_can_not_be_read_is_one_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = {f"{ISSUER}/.well-known/openid-configuration": GOOD, f"{ISSUER}/keys": {"keys": []}}
    made = a_provider(monkeypatch, tmp_path, answers)
    (tmp_path / "secret").unlink()
    with pytest.raises(OidcError, match="secret"):
        asyncio.run(made.begin("/"))
