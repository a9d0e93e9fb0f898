"""Hosts of the store that a user means: by patterns of their names or groups."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import suggestion_of


class HostFilter(NamedTuple):
    """Which hosts are meant.

    Attributes:
        patterns: As ``web-*`` or ``centre-lyon``, one or several separated by commas; one that begins with ``!`` leaves
            out. Where all leave out, they leave out of all hosts; none means every host.
    """

    patterns: tuple[str, ...] = ()

    def choose(self, hosts: Iterable[tuple[str, str]]) -> frozenset[str]:
        """Return the names of the hosts that the patterns mean.

        Args:
            hosts: Name and group of each host.

        Raises:
            UsageError: They mean none.
        """
        words = [word for text in self.patterns for word in text.split(",") if word]
        wanted = [word for word in words if not word.startswith("!")] or ["*"]
        unwanted = [word[1:] for word in words if word.startswith("!")]
        hosts = list(hosts)
        found = frozenset(
            name for name, group in hosts if _match(wanted, name, group) and not _match(unwanted, name, group)
        )
        if not found:
            near = suggestion_of(wanted[0], sorted({one for host in hosts for one in host}))
            raise UsageError(Message("store.no_host", patterns=", ".join(words), hint=near))
        return found


def _match(patterns: Sequence[str], name: str, group: str) -> bool:
    return any(fnmatchcase(name, one) or fnmatchcase(group, one) for one in patterns)
