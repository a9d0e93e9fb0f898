"""ID tokens: whatever of issuer, audience, nonce, time, key or algorithm is wrong, nobody is identified."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from rempart_server.people.id_token import TokenError, read_token

NOW = 1_800_000_000
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY]).as_dict(private=False)
GOOD: dict[str, Any] = {
    "iss": "https://id.example.org",
    "sub": "7",
    "aud": "rempart",
    "nonce": "nonce",
    "iat": NOW,
    "exp": NOW + 300,
}


def sign(claims: dict[str, Any], key: Any = KEY, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one", **header}, claims, key, algorithms=["RS256", "HS256", "ES256"])


def read(token: str, keys: object = KEYS) -> dict[str, Any]:
    return read_token(token, keys, "https://id.example.org", "rempart", "nonce", NOW)


def test_a_right_one_is_read() -> None:
    assert read(sign(GOOD))["sub"] == "7"
    assert read(sign({**GOOD, "aud": ["rempart", "other"], "azp": "rempart"}))["sub"] == "7"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "7\0"},
        {"sub": "7" * 256},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["rempart", "other"]},
        {"aud": ["rempart", "other"], "azp": "other"},
        {"azp": "other"},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["nonce"]},
        {"exp": NOW - 61},
        {"exp": None},
        {"exp": "later"},
        {"iat": None},
        {"nbf": NOW + 3600},
    ],
)
def test_what_is_not_for_us_here_and_now_is_refused(wrong: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**GOOD, **wrong}.items() if value is not None}
    with pytest.raises(TokenError):
        read(sign(claims))


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(one).encode() for one in ({"alg": "none"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts), ""])


def test_what_is_unsigned_or_signed_by_a_shared_secret_is_refused() -> None:
    shared = OctKey.generate_key(256, {"kid": "one"})
    for token in (unsigned(GOOD), sign(GOOD, shared, alg="HS256")):
        for keys in (KEYS, {"keys": [shared.as_dict()]}):
            with pytest.raises(TokenError):
                read(token, keys)


def test_another_key_is_refused_and_one_that_is_not_known_is_said() -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(TokenError) as caught:
        read(sign(GOOD, other))
    assert not caught.value.unknown_key
    newer = ECKey.generate_key("P-256", {"kid": "two"})
    with pytest.raises(TokenError) as caught:
        read(sign(GOOD, newer, alg="ES256", kid="two"))
    assert caught.value.unknown_key


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é", "a" * 100_000])
@pytest.mark.parametrize("keys", [KEYS, {}, {"keys": []}, [], None, {"keys": [{"kty": "RSA"}]}])
def test_no_bytes_crash_it(token: str, keys: object) -> None:
    with pytest.raises(TokenError):
        read(token, keys)
