"""Texts of the area change."""

TEXTS = {
    "change.altered": "{path} : modifié après sa signature",
    "change.another_machine": "c’est une autre machine que celle du plan ({by} différente)",
    "change.ansible": "Ansible n’a pas pu s’exécuter : {error}",
    "change.ansible_status": "Ansible n’a pas pu s’exécuter : code de sortie {status}",
    "change.ask_apply": "Appliquer {fixes:correctif|correctifs} à {hosts:machine|machines} ?",
    "change.ask_resume": "Reprendre le changement {change} sur {hosts:machine|machines} ?",
    "change.ask_rollback": "Annuler le changement {change} sur {hosts:machine|machines} ?",
    "change.before_unknown": (
        "les résultats d’avant le changement ne sont pas connus ici : les régressions d’autres vérifications n’ont "
        "pu être jugées"
    ),
    "change.by_another": (
        "aggravé par un autre, non par ce changement : {check} lit {what}, qu’aucun correctif du changement ne touche"
    ),
    "change.check_fails": "la vérification échoue : le changement reste ouvert",
    "change.defaults_written": "playbooks/vars/fixes.yml a été écrit",
    "change.doing": "{host} : {doing} ({seconds} s)",
    "change.fails_again": "{checks} reste et a été appliqué de nouveau, mais échoue",
    "change.fix_failed": "le correctif a échoué : {error}",
    "change.folder_not_empty": "--playbook {folder} : ce dossier n’est pas vide",
    "change.host_key": "clé d’hôte",
    "change.host_moved": "les non-conformités ont changé depuis le plan ({checks}) : refaites-le (`rempart plan`)",
    "change.interrupted_after": "interrompu après la {wave} ; tout ce qui était commencé est terminé",
    "change.interrupted_in": "interrompu pendant la {wave} ; ce qui était en cours a été annulé",
    "change.interrupted_lost": "interrompu pendant la {wave} ; {host} est perdue et n’a plus été attendue",
    "change.left_out": "{check} est écarté : {why}",
    "change.list_needs_no_file": "rempart rollback CHANGE --json {file} : CHANGE manque ; la liste se passe de FILE",
    "change.machine_id": "identité de machine",
    "change.more": "{count} de plus",
    "change.more_hosts": "… et {count:autre machine|autres machines}",
    "change.moved": "le plan est périmé ; refaites-en un avec `rempart plan` :",
    "change.no_end": "le mode de vérification d’Ansible n’est pas allé jusqu’au bout",
    "change.no_id": "{change} n’est pas l’identifiant d’un changement ; `rempart rollback` les liste",
    "change.no_plan": "PLAN manque : `rempart plan` en crée un ; --resume CHANGE reprend un changement",
    "change.no_playbooks": "{path} : {error} ; --playbooks doit nommer une copie de nos playbooks",
    "change.no_signed_file": "{path} : pas un fichier {what} de Rempart",
    "change.no_terminal": "rien n’a été changé : pas de terminal ; confirmez avec --yes",
    "change.no_zone": "rempart_window {text} : il n’y a pas de fuseau {zone}",
    "change.not_in_inventory": "elle n’est plus dans l’inventaire",
    "change.not_open": "le changement {change} n’est ouvert sur aucune de ces machines",
    "change.not_understood": "la réponse de la machine n’est pas comprise",
    "change.nothing": "rien à appliquer",
    "change.nothing_audited": "{options} : rien n’est audité ici ; --html écrit une page de ce qui est affiché",
    "change.open_playbooks": (
        "{path} : d’autres utilisateurs peuvent y écrire, et son contenu s’exécuterait en root sur les machines ; "
        "lancez chmod go-w"
    ),
    "change.other_key": "{path} : signé avec une autre clé ({other}…) ; la nôtre est {own}…",
    "change.other_playbooks": (
        "le plan est périmé : les playbooks ont changé depuis ; refaites-en un avec `rempart plan`"
    ),
    "change.other_schema": "{path} : {schema} attendu, {found} trouvé",
    "change.other_version": "{path} : écrit par une autre version de Rempart",
    "change.plan_future": (
        "le plan est daté du {time}, dans le futur : une horloge est fausse ; refaites-en un avec `rempart plan`"
    ),
    "change.plan_old": "le plan a {hours} h ; refaites-en un avec `rempart plan`, ou acceptez-le avec --max-age",
    "change.refused": "rien n’a été changé",
    "change.silent": "elle ne répond pas",
    "change.some_moved": "écarté, car les non-conformités ont changé depuis le plan : {checks}",
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
    "change.unknown": "il n’y a pas de changement {change} ; les derniers : {known}",
    "change.unknown_none": "il n’y a pas de changement {change} ; aucun n’a été fait d’ici",
    "change.unread_since": (
        "aggravé par un autre, non par ce changement : {check} ne peut être jugé, car {path} a été modifié après "
        "que sshd a lu ce que le changement a écrit"
    ),
    "change.untouched": "le changement {change} n’a touché aucune de ces machines",
    "change.vault_pass": (
        "Ansible s’exécute ici lui-même et ne peut pas demander --ask-vault-pass : utilisez --vault-password-file"
    ),
    "change.wave": "vague {number} sur {count}",
    "change.wave_size": "--waves {text} : {part} n’est ni un nombre de machines ni une part ; exemple : {example}",
    "change.window": (
        "rempart_window {text} : donnez des jours, des heures et un fuseau, comme Mon,Wed-Fri 20:00-06:00 Europe/Paris"
    ),
    "change.window_closed": "elle ne peut être modifiée que {window} (--ignore-window)",
    "change.window_unread": "impossible de relire l’inventaire pour savoir si elle peut être modifiée : {error}",
}
