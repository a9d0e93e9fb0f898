"""What is said while a change is made, judged, kept or taken back."""

TEXTS = {
    "execution.another_undid": "quelqu’un a annulé le changement sur la machine avant qu’il soit confirmé",
    "execution.answers_again": "elle répond de nouveau",
    "execution.back": "rétabli : {what}",
    "execution.by_timer": "protégée : son propre minuteur annule le changement avant {time} UTC",
    "execution.finish_first": "les machines en cours sont terminées, pour n’en laisser aucune à moitié changée",
    "execution.finish_or_undo": (
        "les machines en cours sont terminées, pour n’en laisser aucune à moitié changée ; aucune autre vague ne "
        "commence ; un second Ctrl-C annule celles en cours"
    ),
    "execution.goes_on": (
        "ce qui y a commencé continue, et un minuteur garde ce qui peut couper l’accès ; quand elle répondra de "
        "nouveau, voyez `rempart changes`, et annulez-le avec `rempart rollback {change}`"
    ),
    "execution.interrupted": "interrompu : annulé aussitôt",
    "execution.interrupted_before": "interrompu avant tout changement",
    "execution.late": "toutes les machines sont faites : écriture des rapports",
    "execution.lost": "la machine a été perdue pendant le changement {change}",
    "execution.lost_host": "{host} : {why} ; {who}",
    "execution.moved": "modifié depuis par un autre, et laissé : {what}",
    "execution.no_answer": "injoignable",
    "execution.no_more": "la machine ne répond plus",
    "execution.nobody": (
        "rien ne l’annule tout seul : quand elle répondra de nouveau, lancez `rempart rollback {change}`"
    ),
    "execution.not_asked": "elle n’a pas été interrogée",
    "execution.not_asked_again": "la vérification n’a pas été redemandée",
    "execution.not_back": "n’a pas pu être annulé : {what}",
    "execution.not_undone": "le changement {change} n’a pas pu être annulé : {why}",
    "execution.second": "le second Ctrl-C annule celles en cours : patientez",
    "execution.second_waiting": (
        "le second Ctrl-C met fin à l’attente : les machines sans réponse sont laissées à leur minuteur"
    ),
    "execution.stays": "reste : {what}",
    "execution.timer_undid": "son minuteur a annulé le changement avant qu’il soit confirmé",
    "execution.unclear": "interrompu par un arrêt : {what}",
    "execution.undo_failed": "l’annulation a échoué : {error}",
    "execution.unreachable": "perdue : {error}",
    "execution.waiting": "ne répond pas : attente de son minuteur, qui annule le changement ({seconds} s au plus)",
    "execution.waiting_first": (
        "attente des machines qui ne répondent pas, jusqu’à ce que leur minuteur ait annulé ; un second Ctrl-C y "
        "met fin"
    ),
    "execution.with_command": "{what}  à la main : {command}",
    "execution.worse": "aggravé : {checks}",
}
