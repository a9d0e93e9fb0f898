"""Security identifiers, from bytes to text."""

import random

import pytest
from rempart_testing.windows_accounts import sid as made

from rempart_agent.formats import sid
from rempart_agent.source.contract import Malformed, SourceError


@pytest.mark.parametrize("text", ["S-1-5-32-544", "S-1-1-0", "S-1-5-21-4070822719-3404542230-2541167049-1001"])
def test_an_identifier_is_written_as_windows_writes_it(text: str) -> None:
    assert sid.parse(made(text) + b"more") == text
    assert sid.is_sid(text)


def test_the_authority_has_its_high_byte_first() -> None:
    assert sid.parse(bytes([1, 1, 0, 1, 0, 0, 0, 0, 7, 0, 0, 0])) == "S-1-4294967296-7"


def test_identifiers_follow_one_another() -> None:
    both = ["S-1-5-4", "S-1-5-32-544"]
    assert sid.parse_all(b"".join(map(made, both)), 2) == both
    assert sid.parse_all(b"", 0) == []


@pytest.mark.parametrize(
    "data", [b"", b"\1", made("S-1-5-32-544")[:-1], b"\2" + made("S-1-1-0")[1:], b"\1\x10" + bytes(90)]
)
def test_what_is_no_identifier_is_an_error(data: bytes) -> None:
    with pytest.raises(Malformed):
        sid.parse(data)


def test_identifiers_with_something_behind_them_are_an_error() -> None:
    with pytest.raises(Malformed):
        sid.parse_all(made("S-1-1-0") + b"\0", 9)


@pytest.mark.parametrize("text", ["", "Names", "S-1-5", "S-1-5-21-1_2", "S-1-5-21-٣", "S-1-5-18\n"])
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert not sid.is_sid(text)


def test_the_last_number_is_the_account() -> None:
    assert sid.rid("S-1-5-21-1-2-3-500") == 500


def test_random_bytes_are_identifiers_or_one_of_our_errors() -> None:
    source = random.Random(11)  # noqa: S311 - no secret
    for _ in range(2000):
        data = bytes([1, source.randrange(18)]) + source.randbytes(source.randrange(80))
        try:
            assert all(map(sid.is_sid, sid.parse_all(data, 99)))
        except SourceError:
            continue


def test_more_than_may_be_are_an_error() -> None:
    with pytest.raises(Malformed, match="more than 1"):
        sid.parse_all(made("S-1-1-0") * 2, 1)
