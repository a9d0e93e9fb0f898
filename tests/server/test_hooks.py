"""What hooks are told of is one list, which the command shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.server import a_context

from rempart_server import hooks
from rempart_server.commands.server.hook import KINDS
from rempart_store.server.hook import add_hook, claim_deliveries


def test_the_command_offers_what_the_server_tells() -> None:
    assert KINDS == hooks.KINDS


def test_what_happened_and_the_word_of_it_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        with context.store.writing() as connection:
            add_hook(connection, "https://example.org/", ["node.waiting"], [], private=False)
        with pytest.raises(OSError, match="no"), context.store.writing() as connection:  # noqa: PT012 - the deed fails
            hooks.tell(connection, context, "node.waiting", "", {"node": 1})
            raise OSError("no")
        with context.store.writing() as connection:
            now = int(context.clock()) + 5
            assert claim_deliveries(connection, now, 60, 10) == []
            hooks.tell(connection, context, "node.waiting", "", {"node": 1})
            assert len(claim_deliveries(connection, now, 60, 10)) == 1
            with pytest.raises(ValueError, match="odd"):
                hooks.tell(connection, context, "odd", "", {})
