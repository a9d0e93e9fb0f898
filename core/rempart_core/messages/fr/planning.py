"""What a plan says of a finding."""

TEXTS = {
    "planning.by_ansible": (
        "Il y a un correctif, mais sur ce système rien n’enregistre ni ne protège un changement. Par Ansible seul, "
        "sans retour : `ansible-playbook site.yml --tags {check}` (docs/fix.md)"
    ),
    "planning.can_not": "Le correctif est impossible ici : {why}",
    "planning.idle": "Le correctif ne changerait rien ici, et la vérification échoue pourtant :",
    "planning.more": "{text} ; … +{count}",
    "planning.no_answer_stored": (
        "la base n’a aucune réponse de cette machine ; auditez-la d’abord, ou planifiez sans --store"
    ),
    "planning.no_fix": "aucun correctif automatique pour ce système",
    "planning.nobody_asked": "{check} : non vérifié",
    "planning.not_met": "{check} {title} : {seen}",
    "planning.not_wanted": "écarté par les options du plan",
    "planning.nothing_asked": "rien n’a été demandé",
    "planning.people": "Pas de correctif automatique ici : {why}. {manual}",
    "planning.recorded": (
        "`rempart apply` ne modifie pas Windows. Par Ansible seul : `ansible-playbook site.yml --tags {check}`. "
        "Chaque acte est enregistré, et rollback_windows.yml l’annule (docs/fix.md)"
    ),
    "planning.stays": "{text} ; ce qui ne revient pas : {what}",
    "planning.until": "jusqu’au {end} : {reason}",
}
