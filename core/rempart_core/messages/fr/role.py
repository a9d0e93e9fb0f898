"""Texts of the area role."""

TEXTS = {
    "role.ansible_said": "Ansible : « {said} »",
    "role.broken_chain": "{path}, ligne {line} : la chaîne est rompue ; rien n’est annulé d’après elle",
    "role.changed_since": "modifié depuis par quelqu’un d’autre : {what}",
    "role.firewalld_policy": (
        "firewalld : faites à la main une politique de la zone HOST vers la zone ANY, voir l’instruction de FWL-05."
    ),
    "role.isolation_lifted": (
        "Aucune nouvelle connexion n’a abouti à temps : la machine a levé son isolement d’elle-même."
    ),
    "role.no_address": "l’adresse du contrôleur est inconnue : {address} n’en est pas une",
    "role.no_collector": "Nommez le collecteur dans l’inventaire : rempart_log_collector avec host, port et ca_file",
    "role.no_end": "pas de fin après {seconds} s",
    "role.no_isolation": "Seul un Linux avec systemd et nftables s’isole : isolez cette machine au commutateur.",
    "role.no_record": "cette machine n’a pas d’enregistrement d’un changement {change}",
    "role.no_room": (
        "il n’y a plus de place sur la machine pour des fichiers temporaires, ou ils ne peuvent pas y être écrits"
    ),
    "role.no_rules": "les règles de nftables ne peuvent pas être lues : {error}",
    "role.no_sensor": "Nommez la sonde dans l’inventaire : rempart_sensor avec packages (une liste) et service",
    "role.no_ssh": "l’adresse du contrôleur est inconnue : la connexion n’est pas une connexion SSH",
    "role.no_sshd": "On ne peut pas savoir où sshd écoute, donc rien n’est refusé.",
    "role.no_systemd": "systemd ne tourne pas ici : rien n’annulerait un changement qui nous coupe l’accès",
    "role.no_timer": "le minuteur ne peut pas être démarré : {error}",
    "role.no_undo": "le changement ne peut pas être annulé",
    "role.no_why": "la machine ne dit pas pourquoi",
    "role.no_word_of_it": "la machine ne dit pas ce qu’il en est advenu",
    "role.no_yama": "Ce noyau est sans Yama ; il en faut un autre.",
    "role.not_permitted": "opération non permise",
    "role.older": "le changement {change} vient d’une version plus ancienne de Rempart : l’annuler avec celle-ci",
    "role.open_folder": "{path} n’est pas un dossier où root seul peut écrire",
    "role.own_host": "la connexion vient de la machine elle-même : le contrôleur n’est jamais isolé",
    "role.pam_edited": "/etc/pam.d/common-auth a été modifié à la main, et pam-auth-update n’y touche pas.",
    "role.root_connects": "root lui-même se connecte ici, et aucune de ses clés n’est dans approved_root_keys.",
    "role.rules_stay": "les règles de nftables ne peuvent pas être supprimées : {error}",
    "role.under_way": "le changement {change} de {author} est en cours ici",
    "role.unknown_change": "cette machine ne connaît aucun changement {change}",
}
