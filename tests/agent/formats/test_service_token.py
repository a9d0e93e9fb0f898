"""Each form finds its own tokens, and none within a word; a checksum and what a token holds decide."""

from __future__ import annotations

import base64
import re

import pytest
from rempart_testing import pattern_text
from rempart_testing.secrets_made import RANDOM, SECRETS, summed

from rempart_agent.formats import service_token, token

FORMS = [form for form in service_token.FORMS if not form.holds]


def _rules(text: bytes) -> list[str]:
    return [finding.rule for finding in token.scan(text, "/srv/program", binary=True)[0]]


def test_there_are_more_than_sixty() -> None:
    assert len(service_token.FORMS) >= 60
    assert len({form.name for form in service_token.FORMS}) >= 60


@pytest.mark.parametrize("form", FORMS, ids=[form.pattern.decode()[10:30] for form in FORMS])
def test_a_form_finds_its_tokens_and_none_within_a_word(form: service_token.Form) -> None:
    for seed in range(3):
        made = pattern_text.make(form.pattern, seed)
        assert any(mark in made for mark in form.marks)
        for before, behind in ((b"x = '", b"'\n"), (b"\0", b"\0"), (b"", b"")):
            assert _rules(before + made + behind) == [form.name]
        assert form.name not in _rules(b"x" + made + b" ")
        assert form.name not in _rules(b" " + made[: len(made) - 6] + b" ") or re.search(rb"\{\d+,", form.pattern)


@pytest.mark.parametrize("prefix", ["gh" + "p_", "gh" + "s_", "np" + "m_"])
def test_a_checksum_has_to_hold(prefix: str) -> None:
    good = prefix + summed(RANDOM[:30])
    name = "npm_token" if prefix.startswith("n") else "github_token"
    assert _rules(good.encode()) == [name]
    for at in range(len(prefix), len(good)):
        wrong = good[:at] + ("a" if good[at] != "a" else "b") + good[at + 1 :]
        assert _rules(wrong.encode()) == []


def test_a_token_that_says_what_it_is_has_to_decode() -> None:
    assert _rules(SECRETS["pypi_token"].encode()) == ["pypi_token"]
    assert _rules(b"pypi-AgEIcHlwaS5vcmc" + RANDOM.encode() + RANDOM[:22].encode()) == []  # no length of base64
    assert _rules(SECRETS["jwt"].encode()) == ["jwt"]
    assert _rules(SECRETS["jwt"].replace("eyJhbGciOi", "eyJhbGciOj").encode()) == []  # no JSON
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    assert _rules((header + SECRETS["jwt"][SECRETS["jwt"].index(".") :]).encode()) == []  # signed by nobody


@pytest.mark.parametrize("mark", ["sntrys" + "_", "glc" + "_", "ops" + "_"])
def test_a_token_that_holds_json_begins_so(mark: str) -> None:
    body = (
        base64.b64encode(b'{"iat":1700000000,"url":"https://a.b","c":"' + RANDOM.encode() * 5 + b'"}')
        .decode()
        .rstrip("=")
    )
    assert len(_rules((mark + body).encode())) == 1
    assert _rules((mark + "eyJ" + "A" * 10 + body).encode()) == []
