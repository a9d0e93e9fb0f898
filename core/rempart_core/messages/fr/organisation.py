"""Texts of the area organisation: what registers and machines do not say of an organisation."""

TEXTS = {
    "organisation.no_live": "aucun résultat de machines : indiquez une base (--store) ou des audits (--live FICHIER)",
    "organisation.stale_live": (
        "les derniers résultats de machines ont {days:jour|jours}, plus de {most:jour|jours} : "
        "auditez à nouveau les machines"
    ),
}
