"""Ce qui est dit des réponses d’un osqueryd qui s’annonce de lui-même."""

TEXTS = {
    "server_audit.extra_replaced": "un autre processus a servi les tables en plus entre-temps",
    "server_audit.extra_unserved": "qui sert les tables en plus ne dit pas ce qui n’a pas pu être lu",
    "server_audit.unanswered": "envoyée, et restée sans réponse",
    "server_audit.unusable_columns": "les lignes de la réponse n’ont pas les mêmes colonnes",
    "server_audit.unusable_json": "la réponse n’est pas du JSON",
    "server_audit.unusable_large": "la réponse dépasse ce que le serveur accepte",
    "server_audit.unusable_packed": "la compression de la réponse est abîmée",
    "server_audit.unusable_row": "une ligne de la réponse n’est pas un objet de textes",
    "server_audit.unusable_rows": "la réponse n’a pas de lignes",
    "server_audit.unusable_status": "la réponse ne dit pas si la requête a réussi",
}
