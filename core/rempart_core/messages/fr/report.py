"""Texts of the area report."""

TEXTS = {
    "report.junit": "le rapport JUnit demande le paquet junit-xml, qui n’est pas installé",
    "report.no_folder_format": "le format de rapport « {name} » n’écrit pas de dossier (ceux qui le font : {known})",
    "report.no_format": "format de rapport inconnu « {name} » (connus : {known})",
    "report.template": "le modèle de la page est défectueux : {error}",
    "report.write": "impossible d’écrire {path} : {error}",
    "report.write_into": "impossible d’écrire dans {path} : {error}",
}
