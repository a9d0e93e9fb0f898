"""What was encrypted at the moment of awareness: DSK-01 as the store has it, for the draft of a notification.

Source: Regulation (EU) 2016/679, article 34(3)(a): people need not be informed of data that is unintelligible to whom
it fell. A disk's encryption says that of a machine that was off, never of one that was used while it ran.
"""

from typing import NamedTuple

from rempart_core.error import RempartError, UsageError
from rempart_core.messages.labels import Labels
from rempart_core.model.result import State
from rempart_core.text import clean_line
from rempart_core.timestamps import write_moment

CHECK = "DSK-01"
_NAMED = 5


class Encryption(NamedTuple):
    """What was known of a host's disks at a moment.

    Attributes:
        state: What the check came to; None where nothing is known.
        answered: When the host had answered last, seconds since 1970; None where it never had.
        items: What was not encrypted.
    """

    state: State | None = None
    answered: int | None = None
    items: tuple[str, ...] = ()


def find_encryption(place: str, host: str, at: int) -> Encryption:
    """Return what a store knew of a host's disks at a moment; nothing where no store, or no such host, is known.

    Args:
        place: Where the store is.
        host: The host's name.
        at: The moment, seconds since 1970.

    Raises:
        StoreError: There is a store, and it can't be read.
    """
    from rempart_store.store import Store

    try:
        store = Store.open(place, create=False)
    except UsageError:  # there is none
        return Encryption()
    with store:
        answered = next((one.answered for one in store.fleet(at) if one.name == host), None)
        found = [one for one in store.standings(at, host, details=True) if one.check == CHECK]
    if not found or answered is None:
        return Encryption(answered=answered)
    return Encryption(found[0].state, answered, tuple(found[0].detail.get("items", ())))


def find_or_nothing(place: str, host: str, at: int) -> Encryption:
    """Return the same; a store that can't be read knows nothing, and the draft says that something is missing.

    Args:
        place: Where the store is.
        host: The host's name.
        at: The moment, seconds since 1970.
    """
    try:
        return find_encryption(place, host, at)
    except RempartError:
        return Encryption()


def tell_encryption(found: Encryption, host: str, aware: int, language: str) -> str:
    """Return what is told of it in the measures.

    Args:
        found: What was known.
        host: The host's name.
        aware: The moment of awareness, seconds since 1970.
        language: ``en`` or ``fr``.
    """
    label = Labels("incident_draft", language)
    name, at = clean_line(host), write_moment(aware)
    if found.answered is None or found.state is None:
        return label("encryption_unknown", host=name, at=at)
    seen = write_moment(found.answered)
    if found.state is State.PASS:
        return label("encryption_yes", host=name, at=at, seen=seen)
    if found.state is State.FAIL:
        items = ", ".join(map(clean_line, found.items[:_NAMED])) or "–"
        return label("encryption_no", host=name, at=at, seen=seen, items=items)
    return label("encryption_unjudged", host=name, at=at, seen=seen)
