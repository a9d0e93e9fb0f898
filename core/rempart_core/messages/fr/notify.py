"""Texts of the area notify."""

TEXTS = {
    "notify.failed": "--notify-file {path} : {error}",
    "notify.no_apprise_url": (
        "--notify : l’adresse {number} ({scheme}://…) n’est pas une URL prise en charge par Apprise"
    ),
    "notify.no_text": "--notify-file {path} : ce n’est pas un texte en UTF-8",
    "notify.no_url": "--notify-file {path} : ne contient aucune URL",
    "notify.not_kept": "un message ne peut pas être gardé pour une livraison ultérieure : {faults}",
    "notify.not_regular": "--notify-file {path} : ce n’est pas un fichier ordinaire",
    "notify.open": "--notify-file {path} : d’autres utilisateurs peuvent le lire ou y écrire ; faites chmod 600 {path}",
    "notify.other_owner": "--notify-file {path} : appartient à un autre utilisateur",
    "notify.too_long": "--notify-file {path} : plus de {size} octets",
}
