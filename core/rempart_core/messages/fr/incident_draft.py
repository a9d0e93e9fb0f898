"""The draft of a notification (GDPR article 33): its title, headings and sentences."""

TEXTS = {
    "incident_draft.aware_until": "connaissance le {aware}, terme des 72 heures le {end}",
    "incident_draft.did_collect": "{time} : preuves collectées et scellées",
    "incident_draft.did_isolate": "{time} : la machine a été isolée du réseau",
    "incident_draft.did_release": "{time} : l’isolement a été levé",
    "incident_draft.encryption_no": "Au {at}, DSK-01 sur {host} (dernière réponse {seen}) : non chiffré : {items}",
    "incident_draft.encryption_unjudged": (
        "Au {at}, DSK-01 sur {host} sans verdict (dernière réponse {seen}) : on ne sait pas ce qui était chiffré"
    ),
    "incident_draft.encryption_unknown": (
        "Au {at}, aucun résultat de DSK-01 pour {host} : on ne sait pas ce qui était chiffré"
    ),
    "incident_draft.encryption_yes": (
        "Au {at}, DSK-01 sur {host} (dernière réponse {seen}) : aucun volume de données vu non chiffré"
    ),
    "incident_draft.in_phases": "Ce qui manque peut suivre de manière échelonnée, sans autre retard indu : art. 33(4).",
    "incident_draft.missing": "[À COMPLÉTER : {what}]",
    "incident_draft.point_consequences": "c) Conséquences probables",
    "incident_draft.point_contact": "b) Contact",
    "incident_draft.point_delay": "Motifs du retard, art. 33(1)",
    "incident_draft.point_informed": "Les personnes concernées, art. 34",
    "incident_draft.point_measures": "d) Mesures prises ou envisagées",
    "incident_draft.point_nature": "a) Nature de la violation",
    "incident_draft.reference": "référence : {incident}",
    "incident_draft.title": (
        "PROJET : notification d’une violation de données à l’autorité de contrôle (RGPD, article 33)"
    ),
    "incident_draft.told_informed": "informées le {at} : {told}",
    "incident_draft.told_not_informing": "non informées, pour ce motif : {told}",
    "incident_draft.unintelligible": (
        "L’art. 34(3)(a) peut s’appliquer si la machine était éteinte et la clé non dérobée ; pas si la machine a été "
        "utilisée allumée."
    ),
}
