"""What two cells of one row can't both say: an end before its beginning, more parts than the whole."""

from collections.abc import Iterator, Mapping

from rempart_core.messages.message import Message

ORDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "people": (("access_from", "left"),),
    "actions": (("opened", "closed"),),
    "referents": (("since", "expires"),),
    "alerts": (("raised", "due"), ("raised", "acknowledged")),
    "processors": (("contract_date", "contract_end"),),
    "recordings": (("oldest", "checked"),),
}
"""By register, two columns of one kind: the second is not before the first."""
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "phishing": (("clicked", "targets"), ("reported", "targets")),
    "caller_checks": (("compliant", "sampled"),),
}
"""By register, two numbers: the first is a part of the second."""
PERCENT: Mapping[str, str] = {"awareness_tests": "score"}
"""By register, a number that is at most 100."""


def find_contradictions(register: str, row: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    """Yield the column that contradicts another one of its row, and why.

    Args:
        register: The register's name.
        row: Its cells as they were read; days and times can be compared as texts.
    """
    for first, last in ORDERS.get(register, ()):
        if row[first] and row[last] and row[last] < row[first]:
            yield last, Message("registers.before", name=last, date=row[last], other=first, first=row[first])
    for part, whole in PARTS.get(register, ()):
        if row[part] and row[whole] and int(row[part]) > int(row[whole]):
            yield part, Message("registers.more_than", name=part, count=row[part], other=whole, most=row[whole])
    name = PERCENT.get(register)
    if name and row[name] and int(row[name]) > 100:
        yield name, Message("registers.more_than", name=name, count=row[name], other="%", most="100")
