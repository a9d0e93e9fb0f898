"""What the server says to installed agents that push their documents."""

TEXTS = {
    "server_push.many_wait": (
        "{count} agents attendent déjà d’être acceptés ; acceptez-en ou révoquez-en, ou utilisez un secret"
    ),
    "server_push.no_enrolment": "ce n’est pas un enrôlement signé",
    "server_push.revoked": (
        "le nœud {node} a été révoqué ; `rempart server node accept {node}` sur le serveur le réadmet"
    ),
    "server_push.secret": "le secret est faux, épuisé, expiré ou révoqué",
    "server_push.unknown": "le serveur ne connaît pas la clé {key} ; lancez `rempart-agent enrol` sur cette machine",
    "server_push.waiting": (
        "le nœud {node} attend d’être accepté : `rempart server node accept {node} --group GROUPE` sur le serveur"
    ),
}
