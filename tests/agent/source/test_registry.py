"""Values of the registry, as tables are given them."""

from __future__ import annotations

from rempart_agent.source.registry import DWORD, MULTI_SZ, QWORD, SZ, Value, fold, wide


def test_a_text_ends_at_its_first_nul_and_bytes_stay_where_a_type_does_not_fit() -> None:
    assert Value("", SZ, "ab\0cd".encode("utf-16-le")).data == "ab"
    assert Value("", MULTI_SZ, "a\0\0b\0\0".encode("utf-16-le")).data == ("a", "b")
    assert Value("", QWORD, b"\1" + bytes(7)).data == 1
    assert Value("", DWORD, b"\1\2").data == b"\1\2"


def test_names_are_compared_character_by_character() -> None:
    assert fold("Straße") == "STRAßE"
    assert fold("naïve") == "NAÏVE"
    assert wide(b"a\0b") == "a"
