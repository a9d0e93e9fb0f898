"""Texts of the area schedule."""

TEXTS = {
    "schedule.ask_remove": "Supprimer ceci ?",
    "schedule.ask_start": "Écrire ceci et démarrer le minuteur ?",
    "schedule.ask_write": "Écrire ceci ?",
    "schedule.asks": "--{option} est interactif et ne peut pas servir dans une tâche planifiée",
    "schedule.at_cron": "--at « {at} » : donnez HH:MM, ou les cinq champs de cron",
    "schedule.at_systemd": "--at « {at} » : « {error} »",
    "schedule.at_unit": "--at « {at} » : donnez HH:MM, ou une expression pour OnCalendar= de systemd",
    "schedule.cron_control": "une ligne de cron ne peut pas contenir de caractère de contrôle",
    "schedule.cron_root": (
        "/etc/cron.d appartient à root ; --show affiche la ligne : ajoutez-la avec crontab -e, sans le nom "
        "d’utilisateur"
    ),
    "schedule.done": (
        "Planifié. Prochain passage : systemctl {scope}list-timers {name}.timer ; journal : journalctl {scope}-u {name}"
    ),
    "schedule.doubt_agent": (
        "votre agent SSH n’est pas disponible la nuit : utilisez des clés dans des fichiers sans phrase secrète"
    ),
    "schedule.doubt_root": "root exécutera {program}, mais d’autres utilisateurs peuvent écrire dans {path}",
    "schedule.doubt_store": "sans --store, les résultats ne sont pas enregistrés",
    "schedule.edited": (
        "{path} a été modifié : laissé tel quel ; déplacez la modification (systemctl edit) et supprimez le fichier"
    ),
    "schedule.foreign": "{path} n’a pas été écrit par rempart schedule : laissé tel quel ; choisissez un autre --name",
    "schedule.linger": "Hors de vos sessions, l’audit ne s’exécute qu’après : loginctl enable-linger {user}",
    "schedule.linux_only": "rempart schedule ne fonctionne que sous Linux",
    "schedule.local_hosts": "--local-hosts demande un inventaire (-i)",
    "schedule.mkdir": "{path} : mkdir : « {said} »",
    "schedule.name": "--name « {name} » : minuscules, chiffres et traits d’union, 40 au plus",
    "schedule.no_cron": "/etc/cron.d n’existe pas : aucun cron qui le lise n’est installé",
    "schedule.no_folder": "{folders} : ce dossier n’existe pas ; créez-le : install -d -m 700 -o {user} {first}",
    "schedule.no_inventory": "-i {path} : fichier ou dossier inexistant",
    "schedule.no_name": "votre identifiant d’utilisateur n’a pas de nom",
    "schedule.no_systemctl": "systemctl n’est pas installé",
    "schedule.no_systemd": "systemd ne tourne pas ici : utilisez --cron, ou --out DOSSIER pour n’écrire que les unités",
    "schedule.no_terminal": (
        "rien n’a été changé : pas de terminal ; confirmez avec --yes, ou affichez seulement avec --show"
    ),
    "schedule.no_user": "--run-as {name} : cet utilisateur n’existe pas",
    "schedule.not_installed": "la commande rempart n’est pas installée, aucun minuteur ne peut donc la lancer",
    "schedule.not_regular": "{path} n’est pas un fichier ordinaire : laissé tel quel",
    "schedule.not_scheduled": "{name} n’est pas planifié : {folder} ne contient aucune unité de Rempart",
    "schedule.note": "remarque : {note}",
    "schedule.refused": "rien n’a été changé",
    "schedule.remove_takes_none": "--remove ne prend pas d’options d’audit",
    "schedule.resume": "--resume reprend un audit interrompu ; un minuteur en lance un nouveau à chaque fois",
    "schedule.run_as_root": "--run-as demande root",
    "schedule.shows_url": "--notify montrerait l’URL à tout lecteur de l’unité : utilisez --notify-file",
    "schedule.systemctl_failed": "{command} : {error}",
    "schedule.systemctl_late": "{command} : pas de réponse après {seconds:seconde|secondes}",
    "schedule.to_remove": "à supprimer : {path}",
    "schedule.unit_control": "« {word} » : une unité ne peut pas contenir de caractère de contrôle",
    "schedule.unit_refused": "systemd-analyze rejette l’unité : {lines}",
    "schedule.unit_unverified": "les unités n’ont pas pu être vérifiées : {lines}",
    "schedule.vault_asks": "--vault-id {id} est interactif et ne peut pas servir dans une tâche planifiée",
}
