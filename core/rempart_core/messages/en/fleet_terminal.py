"""The words of a fleet on the terminal."""

TEXTS = {
    "fleet_terminal.answered": "last answer {ago}",
    "fleet_terminal.coverage": "Coverage: {share} of the checks that apply were judged.",
    "fleet_terminal.cut": "INTERRUPTED: {why}. {count} of {total:host|hosts} not asked.",
    "fleet_terminal.cut_host": "not asked",
    "fleet_terminal.findings": "FINDINGS",
    "fleet_terminal.good": "nothing open",
    "fleet_terminal.hosts": "HOSTS",
    "fleet_terminal.known": "Open by the last answer of hosts that gave none now: {findings} on {hosts:host|hosts}.",
    "fleet_terminal.known_host": "last known findings: {findings}",
    "fleet_terminal.left": (
        "Left out: {number:host|hosts} that answered within {age}. By their last answers {failed} have findings, and "
        "{gaps} were judged in part."
    ),
    "fleet_terminal.more_cut": "… and {count} more not asked",
    "fleet_terminal.more_failed": "… and {count} more with findings",
    "fleet_terminal.more_gaps": "… and {count} more judged in part",
    "fleet_terminal.more_good": "… and {count} more with nothing open",
    "fleet_terminal.more_silent": "… and {count} more silent",
    "fleet_terminal.names": "{names}, and {more} more",
    "fleet_terminal.next": "Next: rempart plan -i INVENTORY",
    "fleet_terminal.on": "{count} of {total} hosts: {names}",
    "fleet_terminal.on_organisation": "in the organisation: {names}",
    "fleet_terminal.reports": "Reports: {places}",
    "fleet_terminal.resumed": "Resumed: {done} of {total:host|hosts} had been done by the audit that began on {began}.",
    "fleet_terminal.seen": "{host}: {seen}",
    "fleet_terminal.since": "open since {day}",
    "fleet_terminal.start": "Start with:",
    "fleet_terminal.sum": (
        "Hosts: {total}. {good} with nothing open, {failed} with findings, {gaps} judged in part, {silent} silent."
    ),
    "fleet_terminal.sum_cut": (
        "Hosts: {total}. {good} with nothing open, {failed} with findings, {gaps} judged in part, {silent} silent, "
        "{cut} not asked."
    ),
    "fleet_terminal.the_organisation": "the organisation",
    "fleet_terminal.unjudged": "{count} not judged",
}
