"""Texts of the area organisation: what registers and machines do not say of an organisation."""

TEXTS = {
    "organisation.implausible": "registre {name} : {trouble}",
    "organisation.malformed": "registre {name} : {count:erreur|erreurs}, d’abord {place} : {mistake}",
    "organisation.no_live": "aucun résultat de machines : indiquez une base (--store) ou des audits (--live RUNS.jsonl)",
    "organisation.no_register": "pas de registre {name} : `rempart registers add {name}`",
    "organisation.no_roster": "pas d’effectif : `rempart registers add people`",
    "organisation.stale_live": (
        "les derniers résultats de machines ont {days:jour|jours}, plus de {most:jour|jours} : "
        "auditez à nouveau les machines"
    ),
}
