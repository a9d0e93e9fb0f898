"""What was done about an incident, and what it came to."""

TEXTS = {
    "incident_deed.begun": "(début)",
    "incident_deed.close": "clôture",
    "incident_deed.collect": "collecte",
    "incident_deed.done": "(fait)",
    "incident_deed.failed": "(ÉCHEC)",
    "incident_deed.isolate": "isolement",
    "incident_deed.note": "note",
    "incident_deed.open": "ouverture",
    "incident_deed.release": "remise en service",
}
