"""``rempart server hook``: a secret is shown once, bad input is one clear error, and each deed is in the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main
from rempart_server.opening import open_context
from rempart_store.server.event import list_events
from rempart_store.server.group import add_group
from rempart_store.server.hook import queue


def hook(directory: str, *words: str) -> int:
    return main(["server", "hook", *words, "--dir", directory])


def test_a_hook_is_added_listed_followed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path)
    with open_context(directory) as context, context.store.writing() as connection:
        add_group(connection, "laptops", "server", "", [], 1)
    assert hook(directory, "add", "https://example.org/in", "--kind", "host.silent", "--group", "laptops") == 0
    out = capsys.readouterr().out
    secret = out.strip()
    assert len(secret) >= 40
    assert out.count("\n") == 1
    assert hook(directory, "list", "--json") == 0
    one = json.loads(capsys.readouterr().out)
    assert one == {
        "number": 1, "url": "https://example.org/in", "kinds": ["host.silent"], "groups": ["laptops"], "private": False,
    }  # fmt: skip
    with open_context(directory) as context, context.store.writing() as connection:
        queue(connection, "host.silent", "laptops", {}, 1)
        assert secret not in str(list_events(connection, 10, None, ""))
    assert hook(directory, "list") == 0
    assert hook(directory, "log") == 0
    said = capsys.readouterr().out
    assert "0 tries" in said
    assert secret not in said
    assert hook(directory, "remove", "1") == 0
    assert hook(directory, "remove", "1") == 2
    with open_context(directory) as context, context.store.reading() as connection:
        assert [event.action for event in list_events(connection, 2, None, "")] == ["hook.remove", "hook.add"]


@pytest.mark.parametrize(
    "words",
    [
        ["add", "file:///etc/passwd"],
        ["add", "https://me:secret@example.org/"],
        ["add", "https://example.org/", "--group", "nobody"],
        ["add", "https://example.org/", "--kind", "odd"],
        ["remove", "x"],
        ["remove", "999999999999999999999"],
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    directory = a_directory(tmp_path)
    try:
        status = hook(directory, *words)
    except SystemExit as end:  # of argparse
        status = int(end.code or 0)
    assert status == 2
    assert capsys.readouterr().out == ""
    hook(directory, "list")
    assert capsys.readouterr().out == ""
