"""What reports count: a number with its word."""

TEXTS = {
    "report_count.change": "{count:changement|changements}",
    "report_count.check": "{count:vérification|vérifications}",
    "report_count.critical": "{count:critique|critiques}",
    "report_count.day": "{count:jour|jours}",
    "report_count.error": "{count:erreur|erreurs}",
    "report_count.failing": "{count:en échec|en échec}",
    "report_count.finding": "{count:non-conformité|non-conformités}",
    "report_count.gap": "{count:vérification n’a pas pu être jugée|vérifications n’ont pas pu être jugées}",
    "report_count.high": "{count:élevée|élevées}",
    "report_count.host": "{count:machine|machines}",
    "report_count.hour": "{count:heure|heures}",
    "report_count.info": "{count:info|info}",
    "report_count.known": "{count:connue|connues}",
    "report_count.low": "{count:faible|faibles}",
    "report_count.medium": "{count:moyenne|moyennes}",
    "report_count.minute": "{count:minute|minutes}",
    "report_count.not_applicable": "{count:sans objet|sans objet}",
    "report_count.not_checked": "{count:non vérifié|non vérifiés}",
    "report_count.open": "{count:non-conformité ouverte|non-conformités ouvertes}",
    "report_count.partly": (
        "{count:non-conformité vue en partie : elle est peut-être plus large"
        "|non-conformités vues en partie : elles sont peut-être plus larges}"
    ),
    "report_count.pass": "{count:réussi|réussis}",
    "report_count.passing": "{count:réussi|réussis}",
    "report_count.regression": "{count:régression|régressions}",
    "report_count.result": "{count:résultat|résultats}",
    "report_count.row": "{count:ligne|lignes}",
    "report_count.silent": "{count:machine n’a pas répondu|machines n’ont pas répondu}",
    "report_count.unasked": "{count:machine n’a pas été interrogée|machines n’ont pas été interrogées}",
    "report_count.undecided": "{count:indécis|indécis}",
    "report_count.unjudged": "{count:vérification n’a pas été jugée|vérifications n’ont pas été jugées}",
    "report_count.unknown": (
        "{count:machine n’a jamais répondu : on n’en sait rien|machines n’ont jamais répondu : on n’en sait rien}"
    ),
    "report_count.waived": "{count:dérogation|dérogations}",
}
