"""A sample of hosts that nobody chose: whoever knows the chain's head and the hosts draws the same one."""

import hashlib
from collections.abc import Iterable

from rempart_reports.views.dossier.model import Sampled


def draw_sample(head: str, hosts: Iterable[str], size: int) -> tuple[Sampled, ...]:
    """Return the first hosts in the order of the SHA-256 of the head's hex digits and the host's name in UTF-8.

    Args:
        head: Head of the chain of signed runs, in hex.
        hosts: All that may be drawn, silent ones too: what does not answer must not drop out.
        size: How many are wanted.
    """
    drawn = (
        Sampled(host, hashlib.sha256((head + host).encode("utf-8", "surrogatepass")).hexdigest()) for host in hosts
    )
    return tuple(sorted(drawn, key=lambda one: (one.digest, one.host))[:size])
