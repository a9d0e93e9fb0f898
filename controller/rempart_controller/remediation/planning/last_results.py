"""From what the store saw last to what a plan asks: only the hosts with findings, and only what failed on them.

The plan itself is made of what they answer now: a result of last night says where to look, and not what to change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from rempart_agent.audit import content_cache
from rempart_agent.audit.request import Request
from rempart_controller.inventory.host import Host
from rempart_controller.remediation.records.plan import PlannedHost
from rempart_core.content.place import check_directories
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.result import State


@dataclass(frozen=True, slots=True)
class Newest:
    """What the newest results are good for.

    Attributes:
        request: Asks what failed, and nothing else.
        asked: Names of the hosts on which something failed.
        others: Of the hosts that need not be asked: those without findings, and those of which nothing is known.
    """

    request: Request
    asked: tuple[str, ...]
    others: dict[str, PlannedHost] = field(default_factory=dict)


def read_newest(place: str, hosts: Iterable[Host], request: Request) -> Newest:
    """Look up in the store what a plan has to ask.

    Args:
        place: The store; ``""`` for the usual one.
        hosts: The hosts that were chosen.
        request: What the command line asks; its globs narrow what failed.

    Raises:
        StoreError: The store can't be read, or there is none.
    """
    from rempart_store.location import usual_store
    from rempart_store.store import Store

    areas = {one.id: one.area for one in content_cache.load(check_directories(request.directories)).checks}
    failed: dict[str, set[str]] = {}
    with Store.open(place or usual_store(), create=False) as store:
        states = {one.name: one for one in store.fleet()}
        for one in store.standings():
            if one.state is State.FAIL and not one.waived and _is_meant(one.check, areas, request.globs):
                failed.setdefault(one.host, set()).add(one.check)
    asked: list[str] = []
    others: dict[str, PlannedHost] = {}
    for host in hosts:
        state = states.get(host.name)
        if state is None or state.silent or state.answered is None:
            unknown = say_both(Message("planning.no_answer_stored"))
            others[host.name] = PlannedHost(host.name, state.group if state else "", silent=(unknown.en, unknown.fr))
        elif host.name in failed:
            asked.append(host.name)
        else:
            unknown = say_both(Message("planning.no_answer_stored"))
            others[host.name] = PlannedHost(host.name, state.group, state.platform, state.system)
    checks = tuple(sorted({check for name in asked for check in failed[name]}))
    return Newest(request._replace(globs=checks, also=(*request.also, *checks)), tuple(asked), others)


def _is_meant(check: str, areas: dict[str, str], globs: Sequence[str]) -> bool:
    if check not in areas:
        return False  # a check that is no more
    return not globs or any(fnmatchcase(check, one.upper()) or fnmatchcase(areas[check], one.lower()) for one in globs)
