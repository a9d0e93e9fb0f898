"""What was done about an incident, and what it came to."""

TEXTS = {
    "incident_deed.begun": "begun",
    "incident_deed.close": "close",
    "incident_deed.collect": "collect",
    "incident_deed.done": "done",
    "incident_deed.failed": "failed",
    "incident_deed.isolate": "isolate",
    "incident_deed.note": "note",
    "incident_deed.open": "open",
    "incident_deed.release": "release",
}
