"""The help of ``rempart incident``."""

TEXTS = {
    "incident_help.alone": "proceed without a second approver (the reason is recorded)",
    "incident_help.approved_by": "name of the second person who approves",
    "incident_help.as_ansible": "same as the Ansible option; repeatable",
    "incident_help.ask_become_pass": "ask for the sudo password",
    "incident_help.ask_pass": "ask for the connection password",
    "incident_help.become": "become root where the inventory does not say",
    "incident_help.by": "name of the person who does it (default: the login name)",
    "incident_help.checks_dir": "folder of your own checks; repeatable",
    "incident_help.close": (
        "Close an incident; lists any missing information. It needs a conclusion, evidence, the end of the "
        "isolation, and the notification or the reasoned decision."
    ),
    "incident_help.collect": (
        "Collect evidence, most volatile first: hashed on arrival and sealed with a signed manifest. Tables "
        "are read through the connection without writing to the host; then Ansible fetches the logs. Missing "
        "items are listed, and the exit status is 3."
    ),
    "incident_help.conclusion": "result of the investigation",
    "incident_help.draft": "print only the draft",
    "incident_help.evidence_later": "isolate before evidence is collected (the reason is recorded)",
    "incident_help.force": "release without an audit; needs two people (the reason is recorded)",
    "incident_help.force_approved_by": "with --force: name of the second person who approves",
    "incident_help.head": "a head kept earlier, which the timeline must contain",
    "incident_help.host_deadline": "time limit for the host to answer (default: {seconds})",
    "incident_help.incident": "id of the incident, such as 20261125-1, or name of its host",
    "incident_help.inventory": "Ansible inventory; repeatable (default: the one with which the incident was opened)",
    "incident_help.isolate": (
        "Isolate the host: its firewall (nftables) then accepts only SSH from the controller, across reboots; "
        "open sessions drop. The isolation is confirmed by a new connection and rolled back if that fails. "
        "Collect evidence first."
    ),
    "incident_help.json": "print one JSON object",
    "incident_help.json_lines": "print JSON lines",
    "incident_help.key": "public key that must have signed; repeatable (default: your own)",
    "incident_help.list": "List open incidents and the time left to notify.",
    "incident_help.list_all": "include closed incidents",
    "incident_help.log": "also collect this file or folder, besides /var/log; repeatable",
    "incident_help.no_evidence": "why no evidence was collected",
    "incident_help.no_logs": "skip the logs (the reason is recorded)",
    "incident_help.note": "Record what is known, decided or done; the draft of the notification uses it.",
    "incident_help.note_at": "when it was done, UTC (default: now)",
    "incident_help.note_consequences": "art. 33(3)(c): likely consequences",
    "incident_help.note_contact": "art. 33(3)(b): data protection officer or other contact point",
    "incident_help.note_count": "art. 33(3)(a): approximate number",
    "incident_help.note_delay": "art. 33(1): reason for a notification after more than 72 hours",
    "incident_help.note_early_warning": "NIS2: the early warning was given (--at)",
    "incident_help.note_informed": "the people concerned were informed, art. 34 (--at)",
    "incident_help.note_measures": "art. 33(3)(d): measures taken or proposed",
    "incident_help.note_nature": "art. 33(3)(a): what happened",
    "incident_help.note_nis2_notified": "NIS2: the incident was notified (--at)",
    "incident_help.note_nis2_report": "NIS2: the final report was submitted (--at)",
    "incident_help.note_no_notification": "no notification: why a risk to people is unlikely, art. 33(1)",
    "incident_help.note_not_informing": "the people concerned are not informed: no high risk, or a case of art. 34(3)",
    "incident_help.note_notified": "the supervisory authority was notified (--at)",
    "incident_help.note_people": "art. 33(3)(a): categories of people concerned",
    "incident_help.note_records": "art. 33(3)(a): categories of records concerned",
    "incident_help.note_text": "free text",
    "incident_help.open": (
        "Open an incident for a host and start the clocks. The 72 hours of GDPR article 33 run from the moment "
        "of awareness: now, unless you give another."
    ),
    "incident_help.open_aware": "moment of awareness, UTC: 2026-11-25T13:00, or 3h for three hours ago (default: now)",
    "incident_help.open_host": "name of the host in the inventory",
    "incident_help.open_title": "short description of what happened",
    "incident_help.path": (
        "also collect metadata of this path, or of a pattern such as /srv/% (one level) or /srv/%% (all "
        "levels); repeatable"
    ),
    "incident_help.private_key": "private key for the connection",
    "incident_help.release": (
        "Lift the isolation after an audit and the signature of the incident lead. The host is audited with "
        "its whole profile first; a critical finding without a waiver, or a check that could not be judged, "
        "keeps it isolated. Only the isolation itself is removed."
    ),
    "incident_help.revert_after": (
        "the host lifts the isolation by itself after this time, at least {least} (default: never)"
    ),
    "incident_help.revert_wrong": '"{text}": give a number of seconds, {least} or more',
    "incident_help.show": (
        "Show an incident: clocks, timeline, and the draft of the notification (GDPR article 33(3)). Exit "
        "status: 0, or 1 if its record is damaged."
    ),
    "incident_help.signed_by": "name of the incident lead",
    "incident_help.user": "log in as NAME where the inventory names no user",
    "incident_help.verify": (
        "Verify that the timeline and evidence of an incident are complete and unchanged. Needs no network. "
        "Exit status: 0 intact, 1 broken (with the reason)."
    ),
    "incident_help.way": "connection to the host",
    "incident_help.store": (
        "store with the results at the time, for what was encrypted (default: $REMPART_STORE, else yours)"
    ),
}
