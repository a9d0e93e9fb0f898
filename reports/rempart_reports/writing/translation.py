"""The words of the reports in a language, and how each language writes counts, numbers and dates.

Their words are the messages of the areas ``report_word`` and ``report_count``. The terminal report imports this, so it
imports nothing but the model, and no language but the one that is read.
"""

from functools import cache

from rempart_core.messages.message import Message, Value
from rempart_core.messages.say import say, texts
from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.typography import COLON, FIXED, NARROW, SEMICOLON

_MONTHS = (
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
     "December"),
    ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
     "décembre"),
)  # fmt: skip


def word(key: str, language: str, /, **values: Value) -> str:
    """Return the word, heading or sentence of that key, typeset.

    Args:
        key: Of the word.
        language: ``en`` or ``fr``.
        **values: What stands in it, cleaned but not escaped here.

    Raises:
        KeyError: There is none, or it lacks a value: a mistake of ours.
    """
    return say(Message(f"report_word.{key}", **values), language) if values else _plain_word(key, language)


@cache
def _plain_word(key: str, language: str) -> str:
    return say(Message(f"report_word.{key}"), language)


def name(key: str, language: str) -> str:
    """Return the name of an area, a framework, a role …, or the key made readable where it has none.

    Args:
        key: As content has it.
        language: ``en`` or ``fr``.
    """
    if f"report_word.{key}" in texts("report_word", language):
        return word(key, language)
    if not key:  # of a target that nobody came to know
        return "–"
    plain = key.replace("-", " ").replace("_", " ").strip() or key
    return plain[:1].upper() + plain[1:]


def colon(language: str) -> str:
    """Return what stands between a label and its value."""
    return COLON if language == "fr" else ": "


def semicolon(language: str) -> str:
    """Return what stands between two things that are said in one line."""
    return SEMICOLON if language == "fr" else "; "


def plural(count: int, kind: str, language: str) -> str:
    """Return ``3 findings`` or ``3 non-conformités``; zero is plural in English and singular in French.

    Args:
        count: How many.
        kind: Of what, a key.
        language: ``en`` or ``fr``.
    """
    return say(Message(f"report_count.{kind}", count=count), language)


def count_hosts(hosts: int, organisations: int, language: str) -> str:
    """Return ``5 hosts``, or ``5 hosts and the organisation``, which is no host.

    Args:
        hosts: How many, the organisation not among them.
        organisations: How many beside them.
        language: ``en`` or ``fr``.
    """
    told = plural(hosts, "host", language)
    return word("and_organisation", language, hosts=told) if organisations else told


def number(value: int, language: str) -> str:
    """Return a whole number with its thousands apart: ``12,345`` or ``12 345``.

    Args:
        value: The number.
        language: ``en`` or ``fr``.
    """
    text = f"{value:,}"
    return text.replace(",", NARROW) if language == "fr" else text


def duration(seconds: float, language: str) -> str:
    """Return ``4 ms`` below a second, then ``1.25 s`` or ``1,25 s``.

    Args:
        seconds: How long.
        language: ``en`` or ``fr``.
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f}{FIXED}ms"
    text = f"{seconds:.2f}"
    return f"{text.replace('.', ',') if language == 'fr' else text}{FIXED}s"


def day(text: str, language: str) -> str:
    """Return a date in words: ``2026-11-25`` gives ``25 November 2026``, what follows a space stands in brackets.

    Args:
        text: ``YYYY-MM-DD``, with or without a zone behind it (``2026-11-25 Europe/Paris``). Anything else comes back
            as it is.
        language: ``en`` or ``fr``.
    """
    date, _, zone = text.partition(" ")
    year, _, rest = date.partition("-")
    month, _, number_of_day = rest.partition("-")
    parts = (year, month, number_of_day)
    if [len(p) for p in parts] != [4, 2, 2] or not all(p.isascii() and p.isdigit() for p in parts):
        return text
    if not 1 <= int(month) <= 12:
        return text
    first = "1er" if language == "fr" and number_of_day == "01" else str(int(number_of_day))
    words = f"{first} {_MONTHS[language == 'fr'][int(month) - 1]} {year}"
    return f"{words} ({zone})" if zone else words


def moment(text: str, language: str) -> str:
    """Return a time in words: ``2026-11-25T13:00:00Z`` gives ``25 November 2026, 13:00 UTC``.

    Anything else comes back as it is.

    Args:
        text: UTC, as run documents write it.
        language: ``en`` or ``fr``.
    """
    date, _, clock = text.partition("T")
    words = day(date, language)
    if words == date or len(clock) != 9 or clock[-1] != "Z" or clock[2] != ":":
        return text
    if language == "fr":
        return f"{words} à {clock[:2]}{FIXED}h{FIXED}{clock[3:5]}{FIXED}UTC"
    return f"{words}, {clock[:5]}{FIXED}UTC"


def age(seconds: float, language: str) -> str:
    """Return how long ago something was in its largest fitting unit: ``5 minutes``, ``7 hours``, ``3 days``.

    Args:
        seconds: How long ago.
        language: ``en`` or ``fr``.
    """
    for kind, unit, least in (("day", 86_400, 172_800), ("hour", 3_600, 3_600)):
        if seconds >= least:
            return plural(int(seconds // unit), kind, language)
    return plural(max(int(seconds // 60), 0), "minute", language)


def percent(part: int, whole: int, language: str) -> str:
    """Return ``97 %`` as each language writes it, rounded down, so that only all is 100 %; ``–`` of nothing.

    Args:
        part: How many.
        whole: Of how many.
        language: ``en`` or ``fr``.
    """
    if not whole:
        return "–"
    return f"{part * 100 // whole}{NARROW if language == 'fr' else ''}%"


def state_name(state: State, language: str) -> str:
    """Return the name of a state.

    Args:
        state: The state.
        language: ``en`` or ``fr``.
    """
    return word(state.value, language)


def severity_name(severity: Severity, language: str) -> str:
    """Return the name of a severity; French agrees with « gravité ».

    Args:
        severity: The severity.
        language: ``en`` or ``fr``.
    """
    return word(severity.value, language)
