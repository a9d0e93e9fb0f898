"""The words of a fleet on the terminal."""

TEXTS = {
    "fleet_terminal.answered": "dernière réponse {ago}",
    "fleet_terminal.coverage": "Couverture : {share} des vérifications applicables ont été jugées.",
    "fleet_terminal.cut": "INTERROMPU : {why}. {count} sur {total:machine|machines} non interrogées.",
    "fleet_terminal.cut_host": "non interrogée",
    "fleet_terminal.findings": "NON-CONFORMITÉS",
    "fleet_terminal.good": "rien d’ouvert",
    "fleet_terminal.hosts": "MACHINES",
    "fleet_terminal.known": (
        "Ouvert d’après la dernière réponse de machines qui n’en ont pas donné : {findings} sur "
        "{hosts:machine|machines}."
    ),
    "fleet_terminal.known_host": "dernières non-conformités connues : {findings}",
    "fleet_terminal.left": (
        "Laissées de côté : {number:machine|machines}, dont la réponse a moins de {age}. D’après ces réponses, "
        "{failed} avec non-conformités et {gaps} jugées en partie."
    ),
    "fleet_terminal.more_cut": "… et {count} de plus non interrogées",
    "fleet_terminal.more_failed": "… et {count} de plus avec non-conformités",
    "fleet_terminal.more_gaps": "… et {count} de plus jugées en partie",
    "fleet_terminal.more_good": "… et {count} de plus sans non-conformité ouverte",
    "fleet_terminal.more_silent": "… et {count} de plus sans réponse",
    "fleet_terminal.names": "{names}, et {more} de plus",
    "fleet_terminal.next": "Ensuite : rempart plan -i INVENTORY",
    "fleet_terminal.on": "sur {count} des {total} machines : {names}",
    "fleet_terminal.on_organisation": "dans l’organisation : {names}",
    "fleet_terminal.reports": "Rapports : {places}",
    "fleet_terminal.resumed": (
        "Reprise : {done} sur {total:machine|machines} avaient été faites par l’audit commencé le {began}."
    ),
    "fleet_terminal.seen": "{host} : {seen}",
    "fleet_terminal.since": "ouverte depuis le {day}",
    "fleet_terminal.start": "Commencer par :",
    "fleet_terminal.sum": (
        "Machines : {total}. {good} sans non-conformité ouverte, {failed} avec, {gaps} jugées en partie, {silent} sans "
        "réponse."
    ),
    "fleet_terminal.sum_cut": (
        "Machines : {total}. {good} sans non-conformité ouverte, {failed} avec, {gaps} jugées en partie, {silent} sans "
        "réponse, {cut:non interrogée|non interrogées}."
    ),
    "fleet_terminal.the_organisation": "l’organisation",
    "fleet_terminal.unjudged": "non jugées : {count}",
}
