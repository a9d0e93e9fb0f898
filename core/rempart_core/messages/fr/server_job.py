"""Texts of the area server_job."""

TEXTS = {
    "server_job.all_groups": "tous les groupes",
    "server_job.command_hook": "webhooks : qui le serveur avertit, et de quoi",
    "server_job.help_group": "avertir pour ce groupe seulement (répétable ; par défaut : tous)",
    "server_job.help_kind": (
        "avertir de cela seulement\xa0: day.changes, host.silent, node.waiting, waiver.decided, waiver.proposed "
        "(répétable\u202f; par défaut\xa0: tout)"
    ),
    "server_job.help_number": "numéro du webhook, tel que « list » le montre",
    "server_job.help_private": "permettre les adresses privées et locales",
    "server_job.help_url": "adresse qui reçoit le POST",
    "server_job.hook_add": "ajouter un webhook et afficher son secret, une seule fois",
    "server_job.hook_added": "Le webhook {number} est ajouté. Son secret n’est affiché que maintenant :",
    "server_job.hook_list": "lister les webhooks",
    "server_job.hook_listed": "{number}  {url}  {groups}",
    "server_job.hook_log": "montrer les derniers envois",
    "server_job.hook_long": (
        "Webhooks\xa0: le serveur envoie du JSON signé quand une machine devient silencieuse, quand un agent "
        "attend d’être accepté, quand une dérogation est proposée ou décidée, et une fois par jour ce qui a "
        "changé. Un envoi qui échoue est tenté huit fois en 24 heures."
    ),
    "server_job.hook_remove": "retirer un webhook",
    "server_job.hook_removed": "Le webhook {number} est retiré.",
    "server_job.no_group": "groupe inconnu : {name}",
    "server_job.no_hook": "webhook inconnu : {number}",
    "server_job.silent": "aucune nouvelle de cette machine depuis le {time}",
    "server_job.told": "{number}  webhook {hook}  {time}  {tries:tentative|tentatives}",
    "server_job.told_next": "  prochaine tentative : {time}",
    "server_job.told_status": "  dernière réponse : {status}",
    "server_job.url": (
        "{url} n’est pas une adresse http ou https, ou contient un nom d’utilisateur, un mot de passe ou un fragment"
    ),
}
