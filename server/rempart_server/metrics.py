"""What ``/metrics`` tells: counters, durations and levels, in Prometheus' text format.

The workers of one server write into files of one directory, and any of them tells the sum.

A label's value comes from a short list of ours, never from what a client sent: each value is a series of its own.
"""

import os
import re
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.values import MutexValue, ValueClass

_PREFIX = "rempart_server_"
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the directory that the workers of one server share; set before this module is imported."""
TYPE = "text/plain; version=0.0.4; charset=utf-8"


def count(name: str, amount: int = 1, **labels: str) -> None:
    """Count something that happened.

    Args:
        name: What, in snake case; always with labels of the same names.
        amount: How often.
        labels: What kind of it.
    """
    counter = _counter(name, tuple(sorted(labels)))
    (counter.labels(**labels) if labels else counter).inc(amount)


def observe(name: str, seconds: float, **labels: str) -> None:
    """Note how long something took.

    Args:
        name: What, in snake case; always with labels of the same names.
        seconds: How long.
        labels: What kind of it.
    """
    histogram = _histogram(name, tuple(sorted(labels)))
    (histogram.labels(**labels) if labels else histogram).observe(seconds)


def gauge(name: str, value: float) -> None:
    """Note how much of something there is now; the workers of a server are added up.

    Args:
        name: What, in snake case.
        value: How much.
    """
    _gauge(name).set(value)


def show() -> bytes:
    """Return all of it, of every worker of this server, as ``/metrics`` answers."""
    folder = _folder()
    if not folder:
        return generate_latest()
    for name in os.listdir(folder):  # of a worker that was killed
        found = re.fullmatch(r"gauge_live\w*_(\d+)\.db", name)
        if found and not _is_alive(int(found[1])):
            _forget(int(found[1]), folder)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def end() -> None:
    """Take the levels of this worker out of the sum: it ends."""
    folder = _folder()
    if folder:
        _forget(os.getpid(), folder)


def _folder() -> str:
    """Return where the workers of one server share what they count; ``""`` in a process of its own."""
    return os.environ.get(VARIABLE, "") if ValueClass is not MutexValue else ""


def _forget(process: int, folder: str) -> None:
    multiprocess.mark_process_dead(process, folder)  # type: ignore[no-untyped-call]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@cache
def _counter(name: str, labels: tuple[str, ...]) -> Counter:
    return Counter(_PREFIX + name, name.replace("_", " "), labels)


@cache
def _histogram(name: str, labels: tuple[str, ...]) -> Histogram:
    return Histogram(_PREFIX + name + "_seconds", name.replace("_", " "), labels, buckets=_BUCKETS)


@cache
def _gauge(name: str) -> Gauge:
    return Gauge(_PREFIX + name, name.replace("_", " "), multiprocess_mode="livesum")
