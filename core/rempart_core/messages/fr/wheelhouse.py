"""Texts of the area wheelhouse."""

TEXTS = {
    "wheelhouse.fetched": "téléchargé",
    "wheelhouse.machine": "--machine « {machine} » : donnez la sortie de `uname -m`, par exemple x86_64",
    "wheelhouse.made": "{folder} : {state}, {files:wheel|wheels}",
    "wheelhouse.no_pip": "Rempart n’a pas été installé avec pip ici : indiquez sa source avec --source",
    "wheelhouse.no_rempart": "{source} n’est pas Rempart",
    "wheelhouse.pip": "pip n’a pas pu être lancé : {error}",
    "wheelhouse.pip_said": "pip {command} : {said}",
    "wheelhouse.pip_status": "pip {command} : code de sortie {status}",
    "wheelhouse.python": (
        "--python {python} : l’agent demande 3.11 ou plus récent ; auditez les machines plus anciennes sans agent"
    ),
    "wheelhouse.unchanged": "inchangé",
}
