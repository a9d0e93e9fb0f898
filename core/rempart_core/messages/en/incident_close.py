"""Texts of the area incident_close."""

TEXTS = {
    "incident_close.due": "with --lesson: until when, YYYY-MM-DD (default: in 15 days)",
    "incident_close.lesson": "what is to be done better: an entry of register actions; repeatable",
    "incident_close.needs_registers": "{option} needs --registers",
    "incident_close.no_restore": (
        "register restores has no entry {id}{hint}; add it first: `rempart registers add restores {folder} "
        "--host {host} --id …`"
    ),
    "incident_close.old_restore": "the restore {id} is of {date}, before the incident was known",
    "incident_close.owner": "with --lesson: who does it, by pseudonym",
    "incident_close.registers": (
        "folder of registers: the breach is added to breaches, each --lesson to actions, before the incident is closed"
    ),
    "incident_close.restore": "the entry of register restores with which the host was restored",
    "incident_close.risk": "with --registers: the risk of the breach to people: {known}",
    "incident_close.severity": "with --lesson: {known} (default: high)",
    "incident_close.which_risk": "--registers needs --risk: {known}",
    "incident_close.whose": "--lesson needs --owner",
    "incident_close.written": "registers that have it: {registers}",
}
