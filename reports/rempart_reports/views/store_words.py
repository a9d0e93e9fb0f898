"""Words of the pages about the store, in English and French, and text that is safe to print."""

from rempart_core.model.fix_outcome import SENTENCES, Outcome
from rempart_core.model.history import Standing
from rempart_core.model.result import State
from rempart_core.text import Text, clean_line, defang
from rempart_core.timestamps import write_moment
from rempart_reports.writing.translation import state_name

_WORDS = {
    "worse": Text("Worse", "Pire"),
    "after_silence": Text("Changed while it was silent", "Changé pendant le silence"),
    "unseen": Text("Can't be seen any more", "Ne se voit plus"),
    "appeared": Text("New checks", "Nouvelles vérifications"),
    "changed": Text("Changed", "Changé"),
    "waiver": Text("Waivers", "Dérogations"),
    "better": Text("Better", "Mieux"),
    "disappeared": Text("No longer asked", "Vérifications retirées"),
    "silent": Text("Silent hosts", "Machines sans réponse"),
    "new_hosts": Text("New hosts", "Nouvelles machines"),
    "returned": Text("Answer again", "Répondent à nouveau"),
    "since": Text("since", "depuis"),
    "compared": Text("hosts compared", "machines comparées"),
    "unasked": Text("Not asked since", "Non interrogées depuis"),
    "partly": Text("Compared in part", "Comparées en partie"),
    "left_out": Text("checks not asked there since", "vérifications non demandées depuis"),
    "nothing": Text("Nothing changed.", "Rien n’a changé."),
    "never": Text("never", "jamais"),
    "last_answer": Text("last answer", "dernière réponse"),
    "open": Text("Open findings", "Non-conformités ouvertes"),
    "none_open": Text("No open finding.", "Aucune non-conformité ouverte."),
    "none_open_part": Text(
        "no open finding on the hosts that answered", "aucune non-conformité ouverte sur les machines qui ont répondu"
    ),
    "last_known": Text("by the last answer of silent hosts", "d’après la dernière réponse des machines sans réponse"),
    "unknown_one": Text("it never answered, nothing is known of it", "jamais répondu, on n’en sait rien"),
    "unknown": Text("never answered, nothing is known of them", "jamais répondu, on n’en sait rien"),
    "waived": Text("waived", "dérogation"),
    "changes": Text("Changes, newest first", "Changements, du plus récent au plus ancien"),
    "now": Text("As it stands", "Situation"),
    "pending": Text("Updates that wait", "Correctifs en attente"),
    "seen_first": Text("seen first", "vu pour la première fois"),
    "host": Text("host", "machine"),
    "group": Text("group", "groupe"),
    "hosts": Text("hosts", "machines"),
    "answer": Text("last answer", "dernière réponse"),
    "errors": Text("errors", "erreurs"),
    "not_checked": Text("not checked", "non vérifiés"),
    "passed": Text("passed", "conformes"),
    "silent_hosts": Text("silent", "sans réponse"),
    "mute": Text("silent", "sans réponse"),
    "no_hosts": Text("no hosts", "aucune machine"),
}


def word(key: str, language: str) -> str:
    """Return a word in a language.

    Args:
        key: Of the word.
        language: ``en`` or ``fr``.
    """
    return _WORDS[key].get(language)


def state_word(state: State | None, language: str) -> str:
    """Return a state in a language; ``∅`` where there is none.

    Args:
        state: The state.
        language: ``en`` or ``fr``.
    """
    return state_name(state, language).lower() if state else "∅"


def safe(text: str) -> str:
    """Return text that came from a machine such that it can't steer a terminal or a build service."""
    return defang(clean_line(text))


def reason_of(one: Standing, language: str) -> str:
    """Return why a standing is what it is, safe to print; ``""`` where nothing was said or asked for.

    Args:
        one: A state interval, read with its details.
        language: ``en`` or ``fr``.
    """
    english, french = one.detail.get("reason", ["", ""])
    return safe(french if language == "fr" else english)


def change_of(one: Standing, language: str) -> str:
    """Return what a change of the target did as the standing began, safe to print; ``""`` where none did anything.

    Args:
        one: A state interval, read with its details.
        language: ``en`` or ``fr``.
    """
    change = one.detail.get("change")
    return SENTENCES[Outcome(change["outcome"])].get(language).format(safe(change["id"])) if change else ""


def when(time: int | None, language: str) -> str:
    """Return a time, ``2026-11-25 13:00 UTC`` or ``25/11/2026 13:00 UTC``, or "never".

    Args:
        time: Seconds since 1970; None for never.
        language: ``en`` or ``fr``.
    """
    if time is None:
        return word("never", language)
    day, clock = write_moment(time)[:16].split("T")
    return f"{'/'.join(reversed(day.split('-'))) if language == 'fr' else day} {clock} UTC"


def table(rows: list[list[str]], right: tuple[int, ...] = ()) -> list[str]:
    """Return rows as lines of aligned columns.

    Args:
        rows: The cells, each row as long as the first.
        right: Columns that are aligned at their right.
    """
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
