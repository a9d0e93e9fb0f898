"""When a timer comes next: systemd.timer(5), src/core/timer.c."""

from typing import Callable, List, NamedTuple, Optional

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit import span
from rempart_agent.models.unit.calendar import next_elapse
from rempart_agent.models.unit.expression import Invalid, parse
from rempart_agent.models.unit.load import Unit
from rempart_agent.models.unit.zone import Twice, Zone
from rempart_agent.said import SaidError, Why, listed

_STARTS = ("OnActiveSec", "OnBootSec", "OnStartupSec")
_REPEATS = ("OnUnitActiveSec", "OnUnitInactiveSec")
_CHANGES = ("OnClockChange", "OnTimezoneChange")
_ACCURACY = 60 * span.SECOND
_YES = ("1", "yes", "y", "true", "t", "on")


class Coming(NamedTuple):
    """When a timer comes.

    Attributes:
        comes: 1 where it comes again, 0 where it never does, None where that can't be told.
        next_run: When it comes next, in seconds since the epoch, or None.
        delay: How many seconds later it may be, by its random delay and its accuracy; None for without end.
        interval: The time between that run and the one after it in seconds, or None.
        unit: The unit that it starts.
        why: Why it never comes, or why it can't be told.
    """

    comes: Optional[int]
    next_run: Optional[int]
    delay: Optional[int]
    interval: Optional[int]
    unit: str
    why: str = ""


class Clock(NamedTuple):
    """The time, and what it is called.

    Attributes:
        now: Seconds since the epoch.
        booted: When the system was started, or None.
        local: Its zone.
        zone: Gives the zone of a name, None where there is none.
    """

    now: int
    booted: Optional[int]
    local: Zone
    zone: Callable[[str], Optional[Zone]]


def coming(unit: Unit, clock: Clock) -> Coming:
    """Tell when a timer comes next.

    Args:
        unit: The timer.
        clock: What time it is, and since when the machine runs.
    """
    starts = triggered(unit)
    runs: List[int] = []
    gaps: List[int] = []
    after_start: List[int] = []
    unknown: List[str] = []
    for setting in unit.values("Timer", "OnCalendar", *_STARTS, *_REPEATS):
        try:
            text = names.expand(setting.value, unit.called)
            if setting.key == "OnCalendar":
                found = _calendar(text, clock)
                runs += found[:1]
                gaps += [found[1] - found[0]] if len(found) > 1 else []
                continue
            length = span.parse(text)
        except (names.Unresolved, Twice, LookupError) as error:
            unknown.append(error.why if isinstance(error, SaidError) else str(error).strip("'"))
            continue
        except (Invalid, ValueError):  # systemd passes it over
            continue
        if length < span.INFINITY:
            (gaps if setting.key in _REPEATS else after_start).append(-(-length // span.SECOND))
    repeats = bool(unit.values("Timer", *_REPEATS)) and bool(gaps)
    if any(unit.value("Timer", key).lower() in _YES for key in _CHANGES):
        unknown.append(Why("it comes when the clock or its zone is changed"))
    delay = _delay(unit)
    interval = min(gaps) if gaps else None
    if delay is None and (runs or after_start or gaps):
        return Coming(0, None, None, interval, starts, Why("its random delay is without end"))
    if runs:
        return Coming(1, min(runs), delay, interval, starts)
    if unknown:
        return Coming(None, None, delay, interval, starts, listed(unknown))
    if after_start:
        return _monotonic(unit, clock, min(after_start), delay, interval, starts)
    if repeats:
        return Coming(
            None, None, delay, interval, starts, Why("it counts from the last run of {starts}", starts=starts)
        )
    return Coming(0, None, delay, None, starts, Why("no time to come is in its file"))


class Abbreviated(SaidError, LookupError):
    """A zone by an abbreviation, which several zones may have."""


def triggered(unit: Unit) -> str:
    """Return the name of the unit that a timer starts: ``Unit=``, else the service of its name; ``""``: not known."""
    found = unit.name.rpartition(".")[0] + ".service"
    for setting in unit.values("Timer", "Unit"):
        try:
            name = names.expand(setting.value, unit.called)
        except names.Unresolved:
            found = ""
            continue
        except ValueError:
            continue
        if names.kind(name):
            found = name
    return found


def _monotonic(
    unit: Unit, clock: Clock, length: int, delay: Optional[int], interval: Optional[int], starts: str
) -> Coming:
    """Tell when a timer comes that counts from a start; it comes after each, and again where it repeats."""
    begin = clock.now if clock.booted is None or unit.values("Timer", "OnActiveSec") else clock.booted
    due = begin + length
    if due <= clock.now and interval is not None:
        due = clock.now + interval
    if due <= clock.now:
        return Coming(1, None, delay, None, starts, Why("comes once after each start, and has come"))
    return Coming(1, due, delay, interval, starts, "" if interval is not None else Why("comes once after each start"))


def _delay(unit: Unit) -> Optional[int]:
    """Return the most seconds by which a run may be late; None for without end."""
    total = 0
    for key, otherwise in (("RandomizedDelaySec", 0), ("RandomizedOffsetSec", 0), ("AccuracySec", _ACCURACY)):
        length = otherwise
        for setting in unit.settings:
            if (setting.section, setting.key) != ("Timer", key):
                continue
            try:
                length = span.parse(setting.value) if setting.value else otherwise
            except ValueError:
                continue
        if length >= span.INFINITY:
            return None
        total += length
    return -(-total // span.SECOND)


def _calendar(text: str, clock: Clock) -> List[int]:
    """Return the next two seconds of an expression, as far as there are any."""
    last = text.rpartition(" ")[2]
    if last.upper() != "UTC" and last.upper() in {name.upper() for name in clock.local.names}:
        raise Abbreviated("an abbreviation of a zone: {last}", last=last)
    zones = {"": clock.local, "UTC": Zone()}

    def known(name: str) -> bool:
        zone = clock.zone(name)
        if zone:
            zones[name] = zone
        return zone is not None

    spec = parse(text, known)
    zone = zones[spec.zone]
    found: List[int] = []
    moment = clock.now * span.SECOND
    for _ in range(2):
        try:
            coming_next = next_elapse(spec, moment, zone)
        except Twice:
            if found:
                break
            raise
        if coming_next is None:
            break
        moment = coming_next
        found.append(moment // span.SECOND)
    return found
