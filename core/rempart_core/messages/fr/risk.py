"""Texts of the area risk."""

TEXTS = {
    "risk.accept": (
        "accepter le risque d’un scénario au niveau --level : signé avec votre clé, ajouté au registre acceptances"
    ),
    "risk.accept_needs": "--accept demande {option}",
    "risk.accepted": "{scenario} est accepté au niveau {level} jusqu’au {until} ; signé dans {path}",
    "risk.by": (
        "avec --accept : qui accepte, par pseudonyme ; le registre signers doit attribuer votre clé à cette personne"
    ),
    "risk.computed_stays": "La valeur calculée reste {level} et figure à côté.",
    "risk.explain": "afficher chaque terme d’un scénario (S3) ou d’une machine",
    "risk.level": "avec --accept : {levels}",
    "risk.long": (
        "Afficher le risque du parc et de chaque scénario selon les derniers résultats de la base, avec chaque terme : "
        "posture, risque des machines et du parc, pires machines, mesures manquantes, traitement, et risque une fois "
        "celui-ci fait. Criticité, traitement et acceptations viennent des registres. Code de retour : 0 écrit, 2 "
        "usage ou contenu erroné (signature fausse comprise), 3 écrit, mais l’audit est incomplet."
    ),
    "risk.needs_accept": "{option} n’a pas d’effet sans --accept",
    "risk.no_key": (
        "le registre signers n’a pas de clé de {person} qui soit la vôtre : `rempart registers add signers {folder} "
        "--person {person} --key {key} --since {date}`"
    ),
    "risk.no_name": "trop de fichiers de ce nom",
    "risk.no_results": "la base n’a aucun résultat : lancer d’abord `rempart audit --store`",
    "risk.reason": "avec --accept : pourquoi",
    "risk.registers": "dossier des registres : criticité des machines, traitement, acceptations",
    "risk.unknown": "il n’y a ni scénario ni machine {name}{hint}",
    "risk.until": "avec --accept : dernier jour de validité, AAAA-MM-JJ",
    "risk.until_far": "{date} est trop loin : une acceptation dure {days} jours au plus",
    "risk.until_past": "{date} est passé : une acceptation se termine dans le futur",
}
