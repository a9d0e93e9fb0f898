"""Texts of the area organisation: what registers and machines do not say of an organisation."""

TEXTS = {
    "organisation.checks_with_fleet": (
        "--checks ne se combine pas avec -i et --registers : auditez l’organisation à part"
    ),
    "organisation.decision": "décidé sans objet par {by} jusqu’au {until} (applicability, ligne {line})",
    "organisation.decision_doubtful": (
        "la décision « sans objet » (applicability, ligne {line}) n’est pas fiable : {trouble}"
    ),
    "organisation.decision_ended": "la décision « sans objet » de {by} a pris fin le {until} : décidez à nouveau",
    "organisation.decision_endless": (
        "la décision « sans objet » (applicability, ligne {line}) n’a pas de fin : indiquez until"
    ),
    "organisation.decisions_malformed": (
        "le registre applicability contient des erreurs : aucune de ses décisions ne compte (`rempart registers lint`)"
    ),
    "organisation.implausible": (
        "registre {name} : son en-tête est daté du futur, ou signé par personne de l’effectif (`rempart registers "
        "lint`)"
    ),
    "organisation.live_needs_registers": "--live demande --registers DOSSIER",
    "organisation.malformed": (
        "registre {name} : {count:erreur|erreurs}, la première à la ligne {line} (`rempart registers lint`)"
    ),
    "organisation.no_incidents": "les incidents de cet utilisateur ne peuvent pas être lus",
    "organisation.no_live": "aucun résultat de machines : indiquez une base (--store) ou des audits (--live FICHIER)",
    "organisation.no_register": "pas de registre {name} : `rempart registers add {name}`",
    "organisation.no_roster": "pas d’effectif : `rempart registers add people`",
    "organisation.not_audited": "l’organisation n’a pas été auditée : {reason}",
    "organisation.not_with_registers": (
        "--{option} concerne les machines : --registers audite l’organisation seule, ou après les machines de -i"
    ),
    "organisation.sample": "EXEMPLE : cette organisation est inventée",
    "organisation.stale_live": (
        "les derniers résultats de machines ont {days:jour|jours}, plus de {most:jour|jours} : auditez à nouveau "
        "les machines"
    ),
    "organisation.statements": "{count:entrée prouvée|entrées prouvées} par une déclaration sans fichier : {named}",
    "organisation.sum": (
        "{name} : {findings:non-conformité|non-conformités}, {gaps} non vérifiés, {errors:erreur|erreurs}, "
        "{passed} réussis"
    ),
    "organisation.unreadable": "le registre {name} ne peut pas être lu (`rempart registers lint`)",
}
