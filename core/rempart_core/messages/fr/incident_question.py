"""What the draft of a notification asks for while nobody has told it."""

TEXTS = {
    "incident_question.consequences": "conséquences probables (--consequences)",
    "incident_question.contact": "délégué à la protection des données ou autre point de contact (--contact)",
    "incident_question.delay": "pourquoi au-delà de 72 heures (--delay)",
    "incident_question.informed": (
        "sont-elles informées (--informed), sinon pourquoi (--not-informing) : 34(3) a) données incompréhensibles, "
        "par exemple disque chiffré (vérification DSK-01), b) mesures ultérieures écartant le risque élevé, c) "
        "efforts disproportionnés, avec alors une communication publique"
    ),
    "incident_question.measures": "mesures, y compris d’atténuation (--measures)",
    "incident_question.nature": "ce qui s’est passé (--nature)",
    "incident_question.people": "catégories de personnes (--people)",
    "incident_question.people_count": "nombre approximatif (--people-count)",
    "incident_question.records": "catégories d’enregistrements (--records)",
    "incident_question.records_count": "nombre approximatif (--records-count)",
}
