"""What the store answers as plain data, for ``--json``."""

from collections.abc import Mapping
from typing import Any

from rempart_core.json_value import Json
from rempart_core.model.history import Change, Drift, History, HostState, Pending, Standing
from rempart_core.timestamps import write_moment

_TIMES = ("since", "until", "failing_since", "seen", "answered", "first_seen", "gone", "now")


def _times(data: Mapping[str, Any]) -> dict[str, Json]:
    return {k: write_moment(v) if k in _TIMES and isinstance(v, int) else v for k, v in data.items()}


def standing_data(one: Standing) -> dict[str, Json]:
    """Return a state interval."""
    data = _times(one._asdict())
    data |= {"state": one.state.value, "severity": one.severity.value, "title": one.title._asdict()}
    return data


def host_data(one: HostState) -> dict[str, Json]:
    """Return an endpoint on a day."""
    data = _times(one._asdict()) | {"reason": one.reason._asdict()}
    if not one.proof:  # of one that somebody asked there is nothing to say
        del data["proof"]
    return data


def change_data(one: Change) -> dict[str, Json]:
    """Return a change: what it was and is, and whether that is a regression."""
    return {
        "kind": one.kind,
        "regression": one.regression,
        "host": one.now.host,
        "check": one.now.check,
        "old": one.old and standing_data(one.old),
        "new": one.new and standing_data(one.new),
        "appeared": list(one.appeared),
        "gone": list(one.gone),
    }


def pending_data(one: Pending) -> dict[str, Json]:
    """Return a pending update."""
    return _times(one._asdict())


def drift_data(drift: Drift) -> dict[str, Json]:
    """Return what changed."""
    return {
        **_times({"since": drift.since, "now": drift.now}),
        "compared": drift.compared,
        "changes": [change_data(one) for one in drift.changes],
        "new_hosts": [host_data(one) for one in drift.new_hosts],
        "silent": [host_data(one) for one in drift.silent],
        "returned": list(drift.returned),
        "fallen_silent": list(drift.fallen_silent),
        "not_compared": {
            "hosts": list(drift.not_compared.hosts),
            "partly": list(drift.not_compared.partly),
            "checks": dict(drift.not_compared.checks),
        },
    }


def history_data(history: History) -> dict[str, Json]:
    """Return what is known of a host or a check."""
    return {
        "name": history.name,
        "kind": history.kind,
        "hosts": [host_data(one) for one in history.hosts],
        "standings": [standing_data(one) for one in history.standings],
        "pending": [pending_data(one) for one in history.pending],
    }
