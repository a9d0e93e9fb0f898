"""``rempart server user``: from the command line to an account, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.people import a_browser
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main
from rempart_server.app import build
from rempart_server.opening import open_context
from rempart_store.server.group import add_group


@pytest.fixture
def directory(tmp_path: Path) -> str:
    made = a_directory(tmp_path)
    with open_context(made) as context, context.store.writing() as connection:
        add_group(connection, "here", "server", "", (), 1)
    return made


def user(directory: str, *words: str) -> int:
    return main(["server", "user", *words, "--dir", directory])


def listed(directory: str, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert user(directory, "list", "--json") == 0
    return {one["name"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}


def test_the_link_that_is_printed_opens(directory: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(directory, "add", "ana", "--role", "viewer", "--group", "here") == 0
    first = capsys.readouterr().out.splitlines()[-1]
    assert user(directory, "link", "ana") == 0
    second = capsys.readouterr().out.splitlines()[-1]
    with open_context(directory) as context:
        browser = a_browser(build(context))
        assert [browser.get(one).status_code for one in (first, second)] == [404, 200]


def test_an_auditor_has_dates_and_loses_them_with_the_role(directory: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(directory, "add", "aud", "--role", "auditor", "--all-groups") == 2
    dates = ("--from", "2026-01-01", "--until", "2030-12-31")
    assert user(directory, "add", "aud", "--role", "auditor", "--all-groups", *dates) == 0
    one = listed(directory, capsys)["aud"]
    assert (one["groups"], one["begins"], one["ends"]) == (["*"], "2026-01-01T00:00:00Z", "2030-12-31T23:59:59Z")
    assert user(directory, "set", "aud", "--until", "2031-01-31") == 0
    assert listed(directory, capsys)["aud"]["ends"] == "2031-01-31T23:59:59Z"
    assert user(directory, "set", "aud", "--role", "operator", "--group", "here") == 0
    one = listed(directory, capsys)["aud"]
    assert (one["role"], one["groups"], one["ends"]) == ("operator", ["here"], None)


def test_what_is_not_given_stays(directory: str, capsys: pytest.CaptureFixture[str]) -> None:
    user(directory, "add", "ana", "--role", "viewer", "--group", "here")
    assert user(directory, "set", "ana", "--language", "fr") == 0
    assert user(directory, "set", "ana", "--role", "operator") == 0
    one = listed(directory, capsys)["ana"]
    assert (one["role"], one["groups"], one["language"], one["password"]) == ("operator", ["here"], "fr", False)
    assert user(directory, "set", "ana") == 2
    assert "nothing to change" in capsys.readouterr().err


def test_an_account_is_disabled_and_enabled(directory: str, capsys: pytest.CaptureFixture[str]) -> None:
    user(directory, "add", "ana", "--role", "viewer", "--group", "here")
    assert user(directory, "disable", "ana") == 0
    assert listed(directory, capsys)["ana"]["disabled"]
    assert user(directory, "set", "ana", "--enable") == 0
    assert user(directory, "list") == 0
    said = capsys.readouterr().out
    assert "ana: viewer, groups here" in said
    assert "disabled" not in said
    assert user(directory, "disable", "nobody") == 2
