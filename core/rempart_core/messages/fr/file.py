"""Texts of the area file."""

TEXTS = {
    "file.failed": "{path} : {error}",
    "file.unreadable": "impossible de lire {path} : {error}",
    "file.unwritable": "impossible d’écrire {path} : {error}",
}
