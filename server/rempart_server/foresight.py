"""What a machine is going to be asked, as far as its last audit tells: so its first batch asks it, and not four rounds.

A round waits for the answers of the one before, and each costs a poll, a write and two handshakes. What was asked of a
machine yesterday is asked of it today, as a rule. What it is, its role and what ``applies`` to it are told by today's
answers alone: what was foreseen and is not wanted, nobody looks at; what was not foreseen is asked afterwards.
"""

from collections.abc import Container, Hashable, Iterable, Mapping
from typing import NamedTuple

from rempart_server.cost import Costs
from rempart_store.server.audit import ANSWERED, FAILED, Stored

_NODES = 50_000  # that are remembered
_WAYS = 500  # different audits that are


class Foreseen(NamedTuple):
    """How an audit went.

    Attributes:
        platform: As it was recognised.
        role: In force.
        content: See ``Plan``.
        digests: Statements that osquery answered, those of ``applies`` first, in hexadecimal digits.
    """

    platform: str
    role: str
    content: str
    digests: tuple[str, ...]


class Foresight:
    """How the last audits went that this worker judged."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._nodes: dict[int, tuple[Hashable, Foreseen]] = {}
        self._kinds: dict[tuple[Hashable, str], Foreseen] = {}
        self._ways: dict[Foreseen, Foreseen] = {}

    def note(self, node: int, asked: Hashable, platform: str, seen: Foreseen, *, whole: bool) -> None:
        """Note how an audit went.

        Args:
            node: The node's number.
            asked: What its machines are asked, whatever their group is called.
            platform: The node's, as it enrolled.
            seen: How it went.
            whole: Whether all was answered or refused; else it tells of this node alone.
        """
        if len(self._ways) >= _WAYS or len(self._nodes) >= _NODES:
            self._nodes.clear()
            self._kinds.clear()
            self._ways.clear()
        seen = self._ways.setdefault(seen, seen)  # one object for all machines alike
        self._nodes[node] = asked, seen
        if whole:
            self._kinds[asked, platform] = seen

    def find(self, node: int, asked: Hashable, platform: str) -> Foreseen | None:
        """Return how the node's last audit went, else the last one of its kind; None where nothing is known.

        Args:
            node: The node's number.
            asked: What its machines are asked, whatever their group is called.
            platform: The node's, as it enrolled.
        """
        before, seen = self._nodes.get(node, (None, None))
        return seen if before == asked else self._kinds.get((asked, platform))


def pick_answered(order: Iterable[bytes], answers: Mapping[bytes, Stored]) -> tuple[str, ...]:
    """Return the digests of an audit, for ``Foreseen``: what osquery did not answer, or refused, is not foreseen.

    Args:
        order: Those of all statements of its checks.
        answers: What was answered, by the statement's digest.
    """
    answered = {digest for digest, one in answers.items() if one.status in {ANSWERED, FAILED}}
    return tuple([one.hex() for one in order if one in answered])


def choose(
    seen: Foreseen, first: Iterable[str], costs: Costs, platform: str, denied: Container[bytes]
) -> tuple[str, ...]:
    """Return what an audit that begins is asked before anything is known: not what is costly, new or refused.

    Args:
        seen: How the last one went.
        first: Digests that are asked in any case.
        costs: What statements take.
        platform: The node's, as it enrolled.
        denied: Digests of statements that its osquery refuses.
    """
    known = set(first)
    return tuple(
        digest
        for digest in seen.digests
        if digest not in known and costs.of(platform, digest).light and bytes.fromhex(digest) not in denied
    )
