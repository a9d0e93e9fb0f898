"""What did not come is told by its reason, each reason once."""

from __future__ import annotations

from rempart_controller.commands.incident.collect import tell_missed
from rempart_core.messages.carried import to_data
from rempart_core.messages.message import Message
from rempart_core.messages.say import say


def test_a_reason_that_many_items_share_is_said_once_with_the_first_names() -> None:
    """``Vault.miss`` writes such items: one for each table that nobody answered."""
    late = to_data(Message("host.deadline"))
    items = [{"name": f"table{n}", "state": "failed", "reason": late} for n in range(38)]
    items += [
        {"name": "logs", "state": "failed", "reason": to_data(Message("incident.nothing_came"))},
        {"name": "users", "state": "collected", "reason": None},
    ]
    told = [say(one) for one in tell_missed(items)]
    assert told == [
        "table0, table1, table2, table3, table4 and 33 more: no answer before the deadline",
        "logs: nothing arrived",
    ]
    assert "et 33 de plus" in say(next(iter(tell_missed(items))), "fr")
