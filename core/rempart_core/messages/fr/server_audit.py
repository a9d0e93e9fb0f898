"""Ce qui est dit des réponses d’un osqueryd qui s’annonce de lui-même."""

TEXTS = {
    "server_audit.unanswered": "envoyée, et jamais répondue",
    "server_audit.unusable": "la réponse est inutilisable : {why}",
}
