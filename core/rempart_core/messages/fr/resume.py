"""Texts of the area resume."""

TEXTS = {
    "resume.cannot": "--resume : impossible de reprendre l’audit commencé le {began} : {lacking}",
    "resume.foreign": "{path} : appartient à un autre utilisateur, ou d’autres peuvent y écrire",
    "resume.hosts_gone": "machines qui ne font plus partie de l’audit : {names}",
    "resume.hosts_new": "machines qui ne faisaient pas partie de l’audit : {names}",
    "resume.hosts_other": "machines dont l’inventaire dit autre chose : {names}",
    "resume.names_more": "{names} et {count} de plus",
    "resume.not_given": "non donné",
    "resume.not_kept": "{why} ; cet audit ne pourra pas être repris s’il est interrompu (--resume)",
    "resume.nothing": "--resume : rien à reprendre : aucun audit de parc n’a été interrompu ici",
    "resume.other_checks": "des vérifications ou des profils ont changé",
    "resume.other_option": "{name} valait {then} et vaut {now}",
    "resume.other_question": (
        "--resume : l’audit interrompu ({began}) demandait autre chose ; sans --resume, toutes les machines sont "
        "interrogées à nouveau :"
    ),
    "resume.other_version": "il a été commencé par Rempart {then}, et ceci est {now}",
    "resume.running": "il est encore en cours",
    "resume.stale_store": (
        "--resume : l’audit a laissé de côté des machines ayant répondu récemment (--stale) : --store manque"
    ),
}
