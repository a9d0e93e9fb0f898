"""Texts of the area change."""

TEXTS = {
    "change.ask_apply": "Appliquer {fixes:correctif|correctifs} à {hosts:machine|machines} ?",
    "change.ask_resume": "Reprendre le changement {change} sur {hosts:machine|machines} ?",
    "change.ask_rollback": "Annuler le changement {change} sur {hosts:machine|machines} ?",
    "change.before_unknown": (
        "les résultats d’avant le changement ne sont pas connus ici : les régressions d’autres vérifications "
        "n’ont pu être jugées"
    ),
    "change.check_fails": "la vérification échoue : le changement reste ouvert",
    "change.fails_again": "{checks} reste et a été appliqué de nouveau, mais échoue",
    "change.fix_failed": "le correctif a échoué : {error}",
    "change.interrupted_after": "interrompu après la {wave} ; tout ce qui était commencé est terminé",
    "change.interrupted_in": "interrompu pendant la {wave} ; ce qui était en cours a été annulé",
    "change.interrupted_lost": "interrompu pendant la {wave} ; {host} est perdue et n’a plus été attendue",
    "change.list_needs_no_file": "rempart rollback CHANGE --json {file} : CHANGE manque ; la liste se passe de FILE",
    "change.more": "{count} de plus",
    "change.more_hosts": "… et {count:autre machine|autres machines}",
    "change.moved": "le plan est périmé ; refaites-en un avec `rempart plan` :",
    "change.no_end": "le mode de vérification d’Ansible n’est pas allé jusqu’au bout",
    "change.no_plan": "PLAN manque : `rempart plan` en crée un ; --resume CHANGE reprend un changement",
    "change.no_terminal": "rien n’a été changé : pas de terminal ; confirmez avec --yes",
    "change.not_open": "le changement {change} n’est ouvert sur aucune de ces machines",
    "change.nothing": "rien à appliquer",
    "change.other_playbooks": (
        "le plan est périmé : les playbooks ont changé depuis ; refaites-en un avec `rempart plan`"
    ),
    "change.refused": "rien n’a été changé",
    "change.silent": "elle ne répond pas",
    "change.stage_before": "avant",
    "change.stage_changes": "changements",
    "change.stage_plan": "plan",
    "change.stage_resume": "reprise",
    "change.stage_rollback": "annulation",
    "change.still": "toujours en cours ({seconds} s) : {doing}",
    "change.stopped_failed": "arrêté après la {wave} : tout n’est pas corrigé sur {hosts} (--max-fail)",
    "change.stopped_lost": "arrêté après la {wave} : {host} est perdue",
    "change.stopped_worse": "arrêté après la {wave} : {host} a régressé et a été rétablie",
    "change.under_way": "le changement {change} de {author} est en cours ici : attendez, ou utilisez --force",
    "change.untouched": "le changement {change} n’a touché aucune de ces machines",
    "change.wave": "vague {number} sur {count}",
}
