"""What the draft of a notification asks for while nobody has told it."""

TEXTS = {
    "incident_question.consequences": "likely consequences (--consequences)",
    "incident_question.contact": "data protection officer or other contact point (--contact)",
    "incident_question.delay": "why it was not notified within 72 hours (--delay)",
    "incident_question.informed": (
        "are they informed (--informed), or why not (--not-informing): 34(3) (a) the data were unintelligible, as on "
        "an encrypted disk (check DSK-01), (b) later measures removed the high risk, (c) it would take "
        "disproportionate effort, then a public communication"
    ),
    "incident_question.measures": "measures, also against its effects (--measures)",
    "incident_question.nature": "what happened (--nature)",
    "incident_question.people": "categories of people concerned (--people)",
    "incident_question.people_count": "about how many people (--people-count)",
    "incident_question.records": "categories of records (--records)",
    "incident_question.records_count": "about how many (--records-count)",
}
