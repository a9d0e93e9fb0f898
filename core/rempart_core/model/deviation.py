"""What makes a run say less, or accept more, than the checks by themselves: told first in every report.

A run that was narrowed, or whose values, waivers and profile accept what the checks would not, must not read as one
that was not.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rempart_core.model.result import Result, Run
from rempart_core.text import Text
from rempart_core.typography import COLON, SEMICOLON

_NAMED = 12  # checks that are named
_SHOWN = 5  # values of a list that are shown
_LONGEST = 80  # characters of one value
SUPPORTS = "supports-"
"""How the name of a profile begins that shows what a machine answers of somebody else's benchmark."""


class Deviation(NamedTuple):
    """One such thing.

    Attributes:
        kind: ``no_certification``, ``narrowed``, ``values``, ``waivers`` or ``left_out``; a key of JUnit's properties.
        text: For a reader.
        plain: The same as short words, for a property or a cell.
    """

    kind: str
    text: Text
    plain: str


def list_deviations(run: Run) -> list[Deviation]:
    """Return them, the gravest first; empty where the whole profile was asked as the checks are written."""
    found = []
    if run.profile.startswith(SUPPORTS):
        en = (
            f"The profile {run.profile} shows what a machine answers of a benchmark. This is no certification: the "
            "benchmark’s rules that no check answers in full are still to be judged (docs/benchmarks.md)."
        )
        fr = (
            f"Le profil {run.profile} montre ce qu’une machine répond à un référentiel. Ce n’est pas une certification"
            f"{COLON}les règles du référentiel auxquelles aucune vérification ne répond en entier restent à juger "
            "(docs/benchmarks.md)."
        )
        found.append(Deviation("no_certification", Text(en, fr), run.profile))
    if run.narrowed:
        globs = ", ".join(run.narrowed)
        en = f"Only a part was asked: --checks {globs}"
        found.append(Deviation("narrowed", Text(en, f"Une partie seulement a été demandée : --checks {globs}"), globs))
    changed = [result for result in run.results if result.defaults]
    if changed:
        told = [text for result in changed for text in _describe_values(result)]
        en = _list([text.en for text in told], "and")
        fr = _list([text.fr for text in told], "et", "de plus")
        plain = _list([text for result in changed for text in tell_values(result)], "and")
        text = Text(
            f"Values that differ from the checks’ own ({len(told)}): {en}",
            f"Valeurs qui diffèrent de celles des vérifications ({len(told)}){COLON}{fr}",
        )
        found.append(Deviation("values", text, plain))
    waived = [result.check for result in run.results if result.waiver is not None]
    if waived:
        plain = _list(waived, "and")
        en = f"Findings accepted by waivers ({len(waived)}): {plain}"
        fr = f"Non-conformités acceptées par dérogation ({len(waived)}){COLON}{_list(waived, 'et', 'de plus')}"
        found.append(Deviation("waivers", Text(en, fr), plain))
    if run.excluded:
        ids = [one.check for one in run.excluded]
        plain = _list(ids, "and")
        en = f"The profile leaves out {plain}"
        found.append(Deviation("left_out", Text(en, f"Le profil exclut {_list(ids, 'et', 'de plus')}"), plain))
    return found


def tell_values(result: Result) -> list[str]:
    """Return the values in force of a check that differ from its own, as ``ACC-03.min_length=6 (own: 12)``."""
    return [
        f"{result.check}.{name}={show_value(result.parameters.get(name))} ({show_value(default)})"
        for name, default in result.defaults.items()
    ]


def _describe_values(result: Result) -> list[Text]:
    """Return the values in force that differ; of a long list how many it has, has lost and has gained."""
    found = []
    for name, own in result.defaults.items():
        value, where = result.parameters.get(name), f"{result.check}.{name}"
        if isinstance(value, list | tuple) and isinstance(own, list | tuple) and max(len(value), len(own)) > _SHOWN:
            before, now = ({repr(one) for one in values} for values in (own, value))
            left, new = len(before - now), len(now - before)
            plural = "" if len(value) == 1 else "s"
            en = ", ".join([f"{left} left out"] * (left > 0) + [f"{new} added"] * (new > 0))
            fr = ", ".join([f"{left} en moins"] * (left > 0) + [f"{new} en plus"] * (new > 0))
            told = Text(
                f"{where}: {len(value)} value{plural} (default {len(own)}; {en or 'another order'})",
                f"{where}{COLON}{len(value)} valeur{plural} (par défaut {len(own)}{SEMICOLON}{fr or 'autre ordre'})",
            )
            found.append(told)
        else:
            shown, usual = show_value(value), show_value(own)
            found.append(Text(f"{where} = {shown} (default {usual})", f"{where} = {shown} (par défaut {usual})"))
    return found


def show_value(value: object) -> str:
    """Return a value in few words: of a list its first values and their number."""
    if isinstance(value, list | tuple):
        parts = [show_value(part) for part in value[:_SHOWN]]
        more = f" … {len(value)} values" if len(value) > _SHOWN else ""
        return "[" + ", ".join(parts) + more + "]"
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _list(parts: Sequence[str], last: str, more: str = "more") -> str:
    shown = ", ".join(parts[:_NAMED])
    return shown if len(parts) <= _NAMED else f"{shown} {last} {len(parts) - _NAMED} {more}"
