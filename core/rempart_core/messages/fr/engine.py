"""Texts of the area engine."""

TEXTS = {
    "engine.linux_only": "le moteur intégré ne prend en charge que Linux",
    "engine.no_osqueryi": "osqueryi est introuvable ; indiquez son chemin dans {variable}",
    "engine.only_osquery": (
        "aucun osquery n’est disponible sur cette machine, et sur ce système seul osquery peut répondre"
    ),
    "engine.root": "--root {error}",
    "engine.socket": "--socket désigne un osqueryd, et --engine {engine} demande un autre moteur",
}
