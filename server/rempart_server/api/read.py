"""What the API reads: the queries of the pages, as types of the API."""

import time
from typing import TYPE_CHECKING, cast

from rempart_core.model.history import Detail, HostState, KeptEvidence, KeptWaiver, Standing
from rempart_core.text import Text
from rempart_server.api import model
from rempart_server.pages import check, enrolment, fleet, log, trend, waiver
from rempart_server.pages.asking import Asking, NotFound
from rempart_server.pages.host import read_since
from rempart_server.pages.memory import Memory
from rempart_store.read.fleet_view import GroupSum, HostLine, find_host, read_standings, sum_groups

if TYPE_CHECKING:
    from rempart_store.connection import Connection


def read_hosts(asking: Asking, connection: "Connection", _: Memory) -> model.Hosts:
    """See :func:`rempart_server.pages.fleet.read_hosts`: hosts, worst first."""
    hosts, after = fleet.read_hosts(asking, connection)
    return model.Hosts([_host(one) for one in hosts], after)


def read_host(asking: Asking, connection: "Connection", _: Memory) -> model.HostDetail:
    """See :func:`rempart_server.pages.host.read_host`: one host with what each check came to.

    Raises:
        NotFound: There is none that may be read.
    """
    groups, at = asking.person.groups, asking.at()
    host = find_host(connection, groups, asking.number("id"), at)
    if host is None:
        raise NotFound
    since = read_since(asking, connection, host)
    results = [_result(one, since.get(one.check)) for one in read_standings(connection, groups, host, at)]
    return model.HostDetail(_host(host), results)


def read_checks(asking: Asking, connection: "Connection", memory: Memory) -> model.Checks:
    """See :func:`rempart_server.pages.check.read_sums`: all checks over the fleet."""
    found = check.read_sums(asking, connection, memory)
    sums = [
        model.CheckSum(one.check, _text(one.title), one.severity.value, one.kinds, _since(asking, one.since))
        for one in found.value
    ]
    return model.Checks(sums, found.made)


def read_check(asking: Asking, connection: "Connection", _: Memory) -> model.CheckDetail:
    """See :func:`rempart_server.pages.check.read_check`: one check over the fleet, and some of its hosts."""
    found = check.read_check(asking, connection)
    tally = found.tally
    kinds = {kind: count for kind, count in tally.kinds.items() if kind != "known"}
    hosts = [
        model.CheckHost(
            line.host,
            line.standing.host,
            line.standing.group,
            cast("model.Proof", line.proof),
            cast("model.Kind", line.kind),
            line.standing.severity.value,
            max(line.standing.since, asking.person.begins or 0),
            _since(asking, line.standing.failing_since),
            _reason(line.standing.detail),
            _waiver(line.standing.detail.get("waiver")),
        )
        for line in found.lines
    ]
    kind = cast("model.Kind", found.kind)
    title = _text(tally.title)
    return model.CheckDetail(tally.check, title, tally.severity.value, kinds, kind, hosts, found.after)


def read_fleet(asking: Asking, connection: "Connection", _: Memory) -> model.Fleet:
    """See :func:`rempart_store.read.fleet_view.sum_groups`: the sums of the fleet and of each group."""
    groups = sum_groups(connection, asking.person.groups, asking.at(), fleet.fresh_from(asking))
    at = asking.at()
    moment = asking.now if at is None else at
    return model.Fleet(moment, _group(fleet.add_groups(groups)), [_group(one) for one in groups])


def read_trends(asking: Asking, connection: "Connection", memory: Memory) -> model.Trends:
    """See :func:`rempart_server.pages.trend.read_days`: the days of a time."""
    found = trend.read_days(asking, connection, memory)
    days = [
        model.Day(time.strftime("%Y-%m-%d", time.gmtime(one.day)), one.open, one.hosts, one.judged, one.asked)
        for one in found.value
    ]
    return model.Trends(days, found.made)


def read_waivers(asking: Asking, connection: "Connection", _: Memory) -> model.Waivers:
    """See :func:`rempart_server.pages.waiver.read_proposals`: proposals, newest first."""
    found, after = waiver.read_proposals(asking, connection)
    proposals = [
        model.Proposal(
            one.id,
            one.draft.host,
            one.draft.group,
            one.draft.check,
            list(one.draft.items),
            one.draft.reason,
            one.draft.owner,
            one.draft.end,
            one.state,  # type: ignore[arg-type]
            one.proposed_by,
            one.proposed,
            one.decided_by,
            one.decided,
        )
        for one in found
    ]
    return model.Waivers(proposals, after)


def read_groups(asking: Asking, connection: "Connection", _: Memory) -> model.Groups:
    """See :func:`rempart_server.pages.enrolment.read_groups`: the groups that may be read."""
    return model.Groups(
        [
            model.Group(
                part.group.name,
                part.group.profile,
                part.group.role,
                [model.SecretState(one.created, one.uses, one.used, one.ends, one.revoked) for one in part.secrets],
            )
            for part in enrolment.read_groups(asking, connection)
        ]
    )


def read_nodes(asking: Asking, connection: "Connection", _: Memory) -> model.Nodes:
    """See :func:`rempart_server.pages.enrolment.read_nodes`: nodes by name."""
    found, after = enrolment.read_nodes(asking, connection)
    nodes = [
        model.Node(
            one.id,
            one.name,
            one.group,
            one.door,
            one.platform,
            one.system,
            one.version,
            one.state,
            one.clone,
            one.enrolled,
            one.seen,
            one.audited,
        )
        for one in found
    ]
    return model.Nodes(nodes, after)


def read_log(asking: Asking, connection: "Connection", _: Memory) -> model.Log:
    """See :func:`rempart_server.pages.log.read_deeds`: the log, newest first."""
    found, after = log.read_deeds(asking, connection)
    events = [
        model.Event(
            one.event.number,
            one.event.time,
            one.event.actor,
            one.event.action,
            one.event.subject,
            one.details,
            one.event.hash,
        )
        for one in found
    ]
    return model.Log(events, after)


def _since(asking: Asking, time: int | None) -> int | None:
    """Return a time, or None where it is before the first moment that may be read."""
    return None if time is None or time < (asking.person.begins or 0) else time


def _host(one: HostLine) -> model.Host:
    state: HostState = one.state
    return model.Host(
        one.id,
        state.name,
        state.group,
        state.platform,
        state.system,
        state.role,
        state.profile,
        cast("model.Proof", state.proof),
        state.seen,
        state.answered,
        state.silent,
        _text(state.reason),
        state.counts,
        state.open,
    )


def _result(one: Standing, since: int | None) -> model.Result:
    detail = one.detail
    kind = "waived" if one.waived else one.state.value
    seen = [part for part in (detail.get("evidence"), detail.get("witness")) if part is not None]
    return model.Result(
        one.check,
        detail.get("revision", 0),
        _text(one.title),
        one.severity.value,
        cast("model.Kind", kind),
        _reason(detail),
        detail.get("failure", ""),
        since,
        [_row(part) for part in seen],
        _waiver(detail.get("waiver")),
    )


def _row(part: KeptEvidence) -> model.Row:
    return model.Row(part["statement"], part["failing"], part["undecided"], part["passing"], part["rows"])


def _waiver(kept: KeptWaiver | None) -> model.Waiver | None:
    return None if kept is None else model.Waiver(kept["reason"], kept["owner"], kept["end"], kept["items"])


def _group(one: GroupSum) -> model.GroupSum:
    few = (one.hosts, one.failing, one.silent, one.unjudged, one.old)
    return model.GroupSum(one.name, *few, one.newest, one.counts, one.open)


def _text(text: Text) -> model.Said:
    return model.Said(text.en, text.fr)


def _reason(detail: Detail) -> model.Said:
    english, french = detail.get("reason", ["", ""])
    return model.Said(english, french)
