"""Texts of the area notify."""

TEXTS = {
    "notify.audit_failed": "Rempart : l’audit a échoué",
    "notify.delivered_late": "notifications en retard remises maintenant : {count}",
    "notify.dropped": "notifications non remises supprimées (trop anciennes ou trop nombreuses) : {count}",
    "notify.failed": "--notify-file {path} : {error}",
    "notify.first_run": "la base ne contient pas de passage antérieur à comparer : aucune notification",
    "notify.late": "Ce message est en retard : il devait être remis le {time}.",
    "notify.more": "… {count:ligne de plus|lignes de plus} : rempart drift",
    "notify.no_apprise_url": (
        "--notify : l’adresse {number} ({scheme}://…) n’est pas une URL prise en charge par Apprise"
    ),
    "notify.no_text": "--notify-file {path} : ce n’est pas un texte en UTF-8",
    "notify.no_url": "--notify-file {path} : ne contient aucune URL",
    "notify.not_kept": "un message ne peut pas être gardé pour une livraison ultérieure : {faults}",
    "notify.not_regular": "--notify-file {path} : ce n’est pas un fichier ordinaire",
    "notify.open": "--notify-file {path} : d’autres utilisateurs peuvent le lire ou y écrire ; faites chmod 600 {path}",
    "notify.other_owner": "--notify-file {path} : appartient à un autre utilisateur",
    "notify.returned": "{count:machine répond|machines répondent} à nouveau",
    "notify.silent": "{count:machine devenue sans réponse|machines devenues sans réponse}",
    "notify.still_waiting": "des notifications d’audits précédents ne sont toujours pas remises à {addresses}",
    "notify.too_long": "--notify-file {path} : plus de {size} octets",
    "notify.undelivered": "la notification n’a pas pu être remise à {addresses} ; le prochain audit la renverra",
    "notify.unseen": "{count:vérification ne se voit plus|vérifications ne se voient plus}",
    "notify.waiting": "notifications d’audits précédents non remises : {count}, la plus ancienne du {time}",
    "notify.worse": "{count:non-conformité aggravée|non-conformités aggravées}",
}
