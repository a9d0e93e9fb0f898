"""The words of the pages, in English and in French: those that no other report has."""

from functools import cache

from rempart_core.typography import typeset
from rempart_reports.writing.translation import number
from rempart_reports.writing.vocabulary import WORDS

PAGE_WORDS = {
    "start_with": ("Start with", "Commencer par"),
    "start_with_is": (
        "The fixes that lower the risk most for the least disruption.",
        "Les correctifs qui réduisent le plus le risque pour le moins de perturbation.",
    ),
    "unjudged": ("Not judged, and why", "Non jugé, et pourquoi"),
    "waivers_of": ("Waivers and known findings", "Dérogations et non-conformités connues"),
    "requirements": ("Requirements", "Exigences"),
    "no_disruption": ("no disruption", "sans perturbation"),
    "folded_rows": ("{} more", "{} de plus"),
    "printed_rows": ("{} more in the page", "{} de plus dans la page"),
    "printed_short": (
        "There is so much to tell that the print has the first line of each thing; the page itself has all of it.",
        "Il y a tant à dire que l’impression ne donne que la première ligne de chaque élément ; la page contient tout.",
    ),
    "seen_rows": ("What was seen", "Ce qui a été constaté"),
    "about_it": ("Why it matters, what was asked", "Pourquoi c’est important, ce qui a été demandé"),
    "all_rows_expect": ("expected: {}", "attendu : {}"),
    "row_expects": ("expected: {}", "attendu : {}"),
    "appendix": (
        "Appendix: statements and evidence of passes",
        "Annexe : requêtes et preuves des vérifications conformes",
    ),
    "no_gap_list": ("No gap seen, or nothing asks", "Aucun écart constaté, ou rien ne le demande"),
    # the fleet
    "start_fleet": ("{} · {} · disruption: {}", "{} · {} · perturbation : {}"),
    "by_area_of": ("Open findings by area and severity", "Non-conformités ouvertes par domaine et par gravité"),
    "hosts_affected": ("Hosts affected", "Machines touchées"),
    "hosts_unjudged": ("Not judged on", "Non jugé sur"),
    "trend": ("Open findings over time", "Non-conformités ouvertes au fil du temps"),
    "trend_is": (
        "{} at the end of each day of the store, by the last answer of each host: {} on {}, {} on {}.",
        "{} à la fin de chaque jour de la base, d’après la dernière réponse de chaque machine : {} le {}, {} le {}.",
    ),
    "trend_hosts": ("Hosts known", "Machines connues"),
    "trend_table": ("The same in numbers", "Les mêmes valeurs en chiffres"),
    "night": ("Day", "Jour"),
    "filter_checks": ("Filter by check, title or severity", "Filtrer par vérification, intitulé ou gravité"),
    "only_failing": ("only what fails", "seulement ce qui échoue"),
    # waivers
    "waivers_page": ("Waivers", "Dérogations"),
    "waivers_sum": ("{} with the waivers, {} without them.", "{} avec les dérogations, {} sans elles."),
    "waivers_others": ("{} for other hosts", "{} pour d’autres machines"),
    "waivers_states": ("In force: {} · expired: {} · not begun: {}", "En vigueur : {} · expirées : {} · à venir : {}"),
    "waiver_owner": ("Decided by", "Décision de"),
    "waiver_ticket": ("Ticket", "Ticket"),
    "waiver_target": ("For", "Pour"),
    "waiver_end": ("End", "Fin"),
    "waiver_covers": ("Covers now", "Couvre aujourd’hui"),
    "waiver_items": ("Items", "Éléments"),
    "waiver_state_expired": ("expired", "expirée"),
    "waiver_state_future": ("begins on {}", "commence le {}"),
    "waiver_state_in_force": ("in force", "en vigueur"),
    "waiver_state_today": ("ends today", "se termine aujourd’hui"),
    "waiver_state_ends": ("ends in {}", "se termine dans {}"),
    "waiver_covers_nothing": ("nothing", "rien"),
    "waiver_open_again": ("open again on {}", "de nouveau ouverte sur {}"),
    "waiver_everything": ("all hosts", "toutes les machines"),
    # the verdict on a requirement
    "v_gap": ("gap found", "écart constaté"),
    "v_unjudged": ("not judged", "non jugé"),
    "v_accepted": ("accepted until {}", "accepté jusqu’au {}"),
    "v_seen": ("no gap seen by {}", "aucun écart constaté par {}"),
    "v_nothing": ("nothing asks this", "rien ne le demande"),
    "v_on": ("{}, on {} of {}", "{}, sur {} des {}"),
    "v_unjudged_on": ("; not judged on {}", " ; non jugé sur {}"),
    "sum_gap": ("gap found: {}", "écart constaté : {}"),
    "sum_unjudged": ("not judged: {}", "non jugé : {}"),
    "sum_accepted": ("accepted: {}", "accepté : {}"),
    "sum_seen": ("no gap seen: {}", "aucun écart constaté : {}"),
    "sum_nothing": ("nothing asks this: {}", "rien ne le demande : {}"),
}


@cache
def page_word(key: str, language: str) -> str:
    """Return a word, heading or sentence of a page, typeset; of all reports, where the pages have none of their own.

    Args:
        key: Of the word.
        language: ``en`` or ``fr``.

    Raises:
        KeyError: There is none: a mistake of ours.
    """
    pair = PAGE_WORDS[key] if key in PAGE_WORDS else WORDS[key]
    return typeset(pair[language == "fr"], language)


def count_word(key: str, count: int, language: str) -> str:
    """Return a sentence of a page with a number in it.

    Args:
        key: Of the sentence.
        count: The number.
        language: ``en`` or ``fr``.
    """
    return page_word(key, language).format(number(count, language))
