"""The commands that ask the store: ``rempart drift``, ``history`` and ``fleet``."""

import argparse
import json
import time as clock
from collections.abc import Iterable
from typing import Any

from rempart_controller.inventory.host_filter import choose
from rempart_core.error import UsageError
from rempart_core.text import quiet_json
from rempart_reports.views import store_json
from rempart_reports.views.drift_page import show_drift
from rempart_reports.views.fleet_history import show_fleet
from rempart_reports.views.history import show_history
from rempart_store.location import usual_store
from rempart_store.store import Store

_DAY, _AHEAD = 86_400, 300  # seconds: a day; what a clock may be ahead


def _open(options: argparse.Namespace) -> Store:
    return Store.open(options.store or usual_store(), create=False)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(data: Any) -> None:
    print(quiet_json(json.dumps(data, indent=1)))


def drift(options: argparse.Namespace) -> int:
    """Print what changed; 1 where something got worse or can't be seen any more."""
    with _open(options) as store:
        since = None if options.since is None else store.moment(options.since, end=False)
        hosts = choose(options.limit, store.groups().items()) if options.limit else None
        found = store.changes(since, hosts)
    if options.json:
        _print_json(store_json.drift_data(found))
    else:
        _print(show_drift(found, options.lang))
    return int(found.worse)


def _expect_past(text: str, at: int) -> int:
    """Return a moment that has begun; nobody knows how a fleet will stand.

    Raises:
        UsageError: It is yet to come. Today is not, though its end is.
    """
    now = int(clock.time())
    if at >= (now // _DAY + 1) * _DAY or ("T" in text and at > now + _AHEAD):
        raise UsageError(f"--at {text}: that is yet to come")
    return at


def history(options: argparse.Namespace) -> int:
    """Print the history of a host or a check."""
    with _open(options) as store:
        found = store.history(options.name)
    if options.json:
        _print_json(store_json.history_data(found))
    else:
        _print(show_history(found, options.lang))
    return 0


def fleet(options: argparse.Namespace) -> int:
    """Print the fleet on a day."""
    with _open(options) as store:
        at = None if options.at is None else _expect_past(options.at, store.moment(options.at, end=True))
        hosts = store.fleet(at)
        if options.limit:
            chosen = choose(options.limit, [(host.name, host.group) for host in hosts])
            hosts = [host for host in hosts if host.name in chosen]
    if options.json:
        for host in hosts:
            print(quiet_json(json.dumps(store_json.host_data(host))))
    else:
        _print(show_fleet(hosts, int(clock.time()) if at is None else at, options.lang))
    return 0
