"""The words of the server's pages, in French."""

TEXTS = {
    "server_page.all_groups": "tous les groupes",
    "server_page.all_hosts": "toutes les machines",
    "server_page.as_of": "à la fin du {time}",
    "server_page.changes": "Ce qui a changé",
    "server_page.checks": "Vérifications",
    "server_page.day": "Au jour",
    "server_page.enrolment": "Enrôlement",
    "server_page.first_page": "Retour à la première page",
    "server_page.fleet": "Parc",
    "server_page.frameworks": "Référentiels",
    "server_page.incidents": "Incidents",
    "server_page.kind_old": "réponses anciennes",
    "server_page.kind_open": "avec des non-conformités ouvertes",
    "server_page.kind_silent": "sans réponse",
    "server_page.kind_unjudged": "non entièrement jugées",
    "server_page.lacks_tables": (
        "{count:vérification a|vérifications ont} besoin d’une table qu’osquery n’a pas. Le remède : "
        "installer rempart-agent et enrôler cette machine avec lui, ou charger « rempart-agent "
        "extension » dans osquery."
    ),
    "server_page.log": "Journal",
    "server_page.log_out": "Se déconnecter",
    "server_page.menu": "Pages",
    "server_page.name_or_group": "Nom ou groupe",
    "server_page.newest": "réponse la plus récente {time}",
    "server_page.next_page": "Page suivante",
    "server_page.no_hosts": "Aucune machine n’a encore rendu compte.",
    "server_page.none_of_these": "Aucune machine ne correspond.",
    "server_page.not_found": "Il n’y a rien ici, ou rien que vous puissiez lire.",
    "server_page.now_at": "maintenant, {time}",
    "server_page.old_answer": (
        "La dernière réponse date du {time} : elle ne dit pas où en est la machine aujourd’hui."
    ),
    "server_page.old_answers": (
        "{count:machine a répondu|machines ont répondu} il y a plus de deux jours : rien de plus récent n’est connu."
    ),
    "server_page.only": "Seulement",
    "server_page.over_time": "Au fil du temps",
    "server_page.problem": "Cette page ne peut pas être affichée",
    "server_page.proof": "Preuve",
    "server_page.proof_endpoint": "machine",
    "server_page.proof_endpoint_is": "Preuve : machine. La machine a signé elle-même ces résultats.",
    "server_page.proof_transport": "transport",
    "server_page.proof_transport_is": (
        "Preuve : transport. osquery ne signe pas ses lignes ; la signature du serveur prouve ce qui "
        "est arrivé et quand, non que c’est vrai."
    ),
    "server_page.proof_unknown": "–",
    "server_page.proof_unknown_is": "Preuve : non enregistrée pour cette machine.",
    "server_page.show": "Afficher",
    "server_page.since": "Depuis",
    "server_page.skip": "Aller au contenu",
    "server_page.to_fleet": "Vers le parc",
    "server_page.to_now": "État actuel",
    "server_page.trends": "Tendances",
    "server_page.unknown_choice": "{name} : valeur inconnue (connues : {known})",
    "server_page.until": "Jusqu’au",
    "server_page.waivers": "Dérogations",
    "server_page.wrong_after": "`after` n’est pas un repère donné par une page.",
}
