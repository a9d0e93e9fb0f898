"""The draft of a notification (GDPR article 33): its title, headings and sentences."""

TEXTS = {
    "incident_draft.aware_until": "aware since {aware}, end of the 72 hours {end}",
    "incident_draft.did_collect": "{time}: evidence was collected and sealed",
    "incident_draft.did_isolate": "{time}: the machine was cut off from the network",
    "incident_draft.did_release": "{time}: the isolation was lifted",
    "incident_draft.encryption_no": "At {at}, DSK-01 on {host} (last answer {seen}): not encrypted: {items}",
    "incident_draft.encryption_unjudged": (
        "At {at}, DSK-01 on {host} gave no verdict (last answer {seen}): what was encrypted is not known"
    ),
    "incident_draft.encryption_unknown": "At {at}, no result of DSK-01 on {host}: what was encrypted is not known",
    "incident_draft.encryption_yes": (
        "At {at}, DSK-01 on {host} (last answer {seen}): no volume with data was seen unencrypted"
    ),
    "incident_draft.in_phases": "What is missing may follow in phases without undue further delay: art. 33(4).",
    "incident_draft.missing": "[MISSING: {what}]",
    "incident_draft.point_consequences": "(c) Likely consequences",
    "incident_draft.point_contact": "(b) Contact",
    "incident_draft.point_delay": "Reasons for the delay, art. 33(1)",
    "incident_draft.point_informed": "The people concerned, art. 34",
    "incident_draft.point_measures": "(d) Measures taken or proposed",
    "incident_draft.point_nature": "(a) Nature of the breach",
    "incident_draft.reference": "reference: {incident}",
    "incident_draft.title": (
        "DRAFT: notification of a personal data breach to the supervisory authority (GDPR article 33)"
    ),
    "incident_draft.told_informed": "informed {at}: {told}",
    "incident_draft.told_not_informing": "not informed, for this reason: {told}",
    "incident_draft.unintelligible": (
        "Art. 34(3)(a) may apply if the machine was off and the key was not taken; it does not where the machine was "
        "used "
        "while it ran."
    ),
}
