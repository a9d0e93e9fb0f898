"""Roles, groups, and what an auditor may read."""

from __future__ import annotations

import pytest

from rempart_server.people.person import Needed, Person, of_account
from rempart_store.server.account import Account


def person(role: str) -> Person:
    return Person(1, "ana", role, frozenset({"here"}), 100, 200)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", ["viewer"]),
        ("operator", ["viewer", "operator"]),
        ("admin", ["viewer", "operator", "admin"]),
        ("auditor", ["viewer"]),
        ("owner", []),
    ],
)
def test_each_role_may_what_those_before_it_may(role: str, may: list[str]) -> None:
    assert [one for one in ("viewer", "operator", "admin") if person(role).may(one)] == may


def test_an_auditor_changes_nothing_unless_a_handler_says_so() -> None:
    auditor = person("auditor")
    assert Needed("viewer", None, programs=True).lets_in(auditor, changes=False)
    assert not Needed("viewer", None, programs=True).lets_in(auditor, changes=True)
    assert not Needed("admin", None, programs=True).lets_in(auditor, changes=False)
    assert Needed("admin", True, programs=True).lets_in(auditor, changes=False)
    assert not Needed("viewer", False, programs=True).lets_in(auditor, changes=False)


def test_a_moment_outside_an_auditor_s_time_is_not_read() -> None:
    assert [person("auditor").clamp(at) for at in (50, 150, 250)] == [100, 150, 200]
    assert Person(1, "ana", "viewer", None).clamp(50) == 50


def test_groups_are_all_or_those_that_are_named() -> None:
    assert person("viewer").sees("here")
    assert not person("viewer").sees("there")
    assert Person(1, "ana", "viewer", None).sees("there")
    assert not Person(1, "ana", "viewer", frozenset()).sees("here")


@pytest.mark.parametrize(
    ("own", "token", "role"),
    [
        ("viewer", "admin", "viewer"),
        ("admin", "viewer", "viewer"),
        ("operator", "operator", "operator"),
        ("auditor", "admin", "auditor"),
        ("auditor", "auditor", "auditor"),
    ],
)
def test_a_token_is_never_more_than_its_maker(own: str, token: str, role: str) -> None:
    account = Account(1, "ana", None, "", own, None, 1, 2, "en", 0, None, None)
    made = of_account(account, most=token)
    assert (made.role, made.begins) == (role, 1 if own == "auditor" else None)
