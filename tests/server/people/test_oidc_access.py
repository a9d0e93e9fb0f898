"""What a provider's groups mean here: the highest role, with the groups of that role alone."""

from __future__ import annotations

import pytest

from rempart_server.people.oidc_access import find_access, find_name
from rempart_server.settings import OidcAccess
from rempart_store.server.account import Access

KNOWN = (
    OidcAccess("admins", "admin", frozenset({"a"})),
    OidcAccess("more", "admin", frozenset({"b"})),
    OidcAccess("readers", "viewer", frozenset({"a", "c"})),
    OidcAccess("auditors", "viewer", None),
)


@pytest.mark.parametrize(
    ("claimed", "access"),
    [
        (["readers"], Access("viewer", frozenset({"a", "c"}))),
        ("readers", Access("viewer", frozenset({"a", "c"}))),
        (["readers", "admins"], Access("admin", frozenset({"a"}))),
        (["more", "admins", "auditors"], Access("admin", frozenset({"a", "b"}))),
        (["auditors", "readers"], Access("viewer", None)),
        ([], None),
        (["Admins", "admin", "admins "], None),
        (None, None),
        ({"admins": True}, None),
        ([["admins"], {"x": 1}, 7], None),
        (True, None),
    ],
)
def test_a_claim_is_an_access_or_none(claimed: object, access: Access | None) -> None:
    assert find_access(claimed, KNOWN) == access  # type: ignore[arg-type]  # what a provider may say


def test_a_name_is_one_of_ours_and_nobody_else_s() -> None:
    assert find_name({"preferred_username": "ana", "sub": "7"}, "x 7", []) == "ana"
    assert find_name({"email": "ana@x.org", "sub": "7"}, "x 7", []) == "ana@x.org"
    assert find_name({"preferred_username": 7, "sub": "a b:c\x1b"}, "x 7", []) == "a_b_c_"
    assert find_name({"sub": "ana"}, "x 7", ["ana"]).startswith("ana+")
    assert find_name({}, "x 7", []) == "_"
