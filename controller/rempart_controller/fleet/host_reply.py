"""What a worker hands over of one host: what is kept of it, and what is counted at once."""

from typing import Any, NamedTuple

from rempart_controller.agents.collect import Collected
from rempart_controller.answers.outline import OutlineReader, OutlineWriter
from rempart_core.model.history import Delivered
from rempart_core.text import NOTHING, Text


class HostReply(NamedTuple):
    """What was heard of a host.

    Attributes:
        number: Its number.
        said: What ``Fleet.run_of`` reads, JSON without a line feed.
        final: False where the run's deadline was reached before the host was done: it is as one that was not asked.
        places: Of verdicts that it shares with others, and that ``said`` only names; see ``Fleet.told``.
        why: Of one that is not final, what ended the run.
        found: Of one that is final, what ``Fleet.collected`` gives, as an outline of its run and without its history.
    """

    number: int
    said: bytes
    final: bool = True
    places: tuple[int, ...] = ()
    why: Text = NOTHING
    found: Collected | None = None


def tell_found(found: Collected, outlines: OutlineWriter) -> list[Any]:
    """Return what was found on a host as JSON can hold it: an outline, and what is said of its agent.

    Args:
        found: What was found.
        outlines: Writes them.
    """
    return [outlines.write(found.run), found.remark, found.refused, found.newest]


def read_found(data: list[Any], outlines: OutlineReader) -> Collected:
    """Return what ``tell_found`` tells of, after its way as JSON: no history, and of its run the outline.

    Args:
        data: What it returned.
        outlines: Reads them.
    """
    run, remark, refused, newest = data
    receipt = Delivered(*newest) if newest else None
    return Collected(outlines.read(run), (), (), Text(*remark), tuple(Text(*one) for one in refused), receipt)
