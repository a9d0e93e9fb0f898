"""Texts of the area system."""

TEXTS = {
    "system.denied": "accès refusé",
    "system.exists": "le fichier existe déjà",
    "system.folder": "c’est un dossier",
    "system.full": "plus de place sur le disque",
    "system.missing": "fichier ou dossier inexistant",
    "system.no_folder": "ce n’est pas un dossier",
    "system.no_route": "aucune route vers la machine",
    "system.read_only": "système de fichiers en lecture seule",
    "system.refused": "connexion refusée",
    "system.timed_out": "la connexion a expiré",
    "system.unreachable": "réseau inaccessible",
}
