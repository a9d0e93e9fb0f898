"""The words of what an undo would do, on the terminal and as a page."""

TEXTS = {
    "foreseen_page.back": "rétabli",
    "foreseen_page.checks": "Vérifications",
    "foreseen_page.failed": "ne peut être annulé",
    "foreseen_page.hand": "à la main : {command}",
    "foreseen_page.happens": "Effet",
    "foreseen_page.hosts": "Machines",
    "foreseen_page.kind": "Annulation, pas encore faite",
    "foreseen_page.lead": "état au {time} ; rien n’a été modifié",
    "foreseen_page.moved": "modifié depuis",
    "foreseen_page.nothing": "rien à annuler",
    "foreseen_page.nothing_on": "Rien à annuler sur {hosts}.",
    "foreseen_page.part": "Tout ne serait pas rétabli.",
    "foreseen_page.silent": "sans réponse",
    "foreseen_page.stays": "reste",
    "foreseen_page.target": "Sur quoi",
    "foreseen_page.unclear": "incertain",
    "foreseen_page.unknown": "On ne sait pas ce qui serait rétabli.",
    "foreseen_page.unknown_hosts": "Machines dont on ne sait rien",
    "foreseen_page.whole": "Tout serait rétabli sur {hosts}.",
    "foreseen_page.why": "Pourquoi, et que faire",
}
