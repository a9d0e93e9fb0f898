"""Texts of the area role."""

TEXTS = {
    "role.ansible_said": "Ansible : « {said} »",
    "role.changed_since": "modifié depuis par quelqu’un d’autre : {what}",
    "role.firewalld_policy": (
        "firewalld : faites à la main une politique de la zone HOST vers la zone ANY, voir l’instruction de FWL-05."
    ),
    "role.iptables": (
        "Les règles sont ici celles d’iptables (netfilter-persistent ou iptables.service) : modifiez-les là, car "
        "un second pare-feu à côté refuserait ce qu’elles laissent entrer."
    ),
    "role.isolation_lifted": (
        "Aucune nouvelle connexion n’a abouti à temps : la machine a levé son isolement d’elle-même."
    ),
    "role.list_unread": (
        "Une liste que son programme ne pourrait pas lire ne laisserait plus personne planifier de tâche : {lists}"
    ),
    "role.many_programs": "{count} programmes set-uid et set-gid trouvés : plus de 1000 règles ralentissent la machine",
    "role.may_shut_out": (
        "Ce qui peut exclure des personnes ou des périphériques dès son démarrage est laissé à quelqu’un : {units}"
    ),
    "role.no_address": "l’adresse du contrôleur est inconnue : {address} n’en est pas une",
    "role.no_banner": "Aucun texte n’est convenu : donnez-le par le paramètre texts de RMT-10, fichier et texte",
    "role.no_change": "{change} n’est pas un identifiant de changement",
    "role.no_collector": "Nommez le collecteur dans l’inventaire : rempart_log_collector avec host, port et ca_file",
    "role.no_egress": (
        "firewall_egress n’est pas défini : indiquez dans l’inventaire ce que cette machine peut atteindre, par "
        "exemple {example}."
    ),
    "role.no_end": "pas de fin après {seconds} s",
    "role.no_isolation": "Seul un Linux avec systemd et nftables s’isole : isolez cette machine au commutateur.",
    "role.no_login_text": (
        "Aucun texte n’est convenu pour l’écran de connexion : indiquez-le par le paramètre banner_text de LCK-05"
    ),
    "role.no_logins": "un registre de connexions ne peut pas être lu : {error}",
    "role.no_mail_reader": (
        "Personne n’est nommé pour lire le courrier de {names} : donnez-le par le paramètre aliases de MAI-01"
    ),
    "role.no_package": "Les sources de paquets n’offrent aucun de : {packages}",
    "role.no_rescue": (
        "Console de secours fermée, personne ne pourrait remettre cette machine en état : le compte root est"
        " verrouillé. Déverrouillez-le d’abord"
    ),
    "role.no_room": (
        "il n’y a plus de place sur la machine pour des fichiers temporaires, ou ils ne peuvent pas y être écrits"
    ),
    "role.no_rules": "les règles de nftables ne peuvent pas être lues : {error}",
    "role.no_sensor": "Nommez la sonde dans l’inventaire : rempart_sensor avec packages (une liste) et service",
    "role.no_ssh": "l’adresse du contrôleur est inconnue : la connexion n’est pas une connexion SSH",
    "role.no_sshd": "On ne peut pas savoir où sshd écoute, donc rien n’est refusé.",
    "role.no_ufw_before": (
        "Les fichiers before.rules d’ufw n’ont aucune règle pour ufw-before-input, donc rien n’y est ajouté."
    ),
    "role.no_why": "la machine ne dit pas pourquoi",
    "role.no_word_of_it": "la machine ne dit pas ce qu’il en est advenu",
    "role.no_yama": "ce noyau n’a pas de réglage kernel.yama.ptrace_scope (CONFIG_SECURITY_YAMA)",
    "role.other_service": (
        "Un outil de prise en main à distance tourne dans un service d’un autre nom, qui n’est pas arrêté : {services}"
    ),
    "role.other_su": (
        "/etc/pam.d/su n’admet pas root par pam_rootok, ou refuse un groupe : placez la ligne de pam_wheel à la main"
    ),
    "role.own_host": "la connexion vient de la machine elle-même : le contrôleur n’est jamais isolé",
    "role.root_connects": "root lui-même se connecte ici, et aucune de ses clés n’est dans approved_root_keys.",
    "role.rules_stay": "les règles de nftables ne peuvent pas être supprimées : {error}",
    "role.su_needed": "Un groupe {group} vide ôterait root au compte qui se connecte, ou aux administrateurs",
    "role.unknown_change": "cette machine ne connaît aucun changement {change}",
    "role.which_firewall": "Quel pare-feu reste est laissé à quelqu’un ; en service : {units}",
}
