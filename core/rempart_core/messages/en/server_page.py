"""The words of the server's pages."""

TEXTS = {
    "server_page.all_groups": "all groups",
    "server_page.all_hosts": "all hosts",
    "server_page.as_of": "as of the end of {time}",
    "server_page.changes": "What changed",
    "server_page.checks": "Checks",
    "server_page.day": "On the day",
    "server_page.enrolment": "Enrolment",
    "server_page.first_page": "Back to the first page",
    "server_page.fleet": "Fleet",
    "server_page.frameworks": "Frameworks",
    "server_page.incidents": "Incidents",
    "server_page.kind_old": "old answers",
    "server_page.kind_open": "with open findings",
    "server_page.kind_silent": "silent",
    "server_page.kind_unjudged": "not fully judged",
    "server_page.lacks_tables": (
        "{count:check needs|checks need} a table that osquery does not have. The remedy: install "
        "rempart-agent, enrol this host for it, or load “rempart-agent extension” into osquery."
    ),
    "server_page.log": "Log",
    "server_page.log_out": "Sign out",
    "server_page.menu": "Pages",
    "server_page.name_or_group": "Name or group",
    "server_page.newest": "newest answer {time}",
    "server_page.next_page": "Next page",
    "server_page.no_hosts": "No host has reported yet.",
    "server_page.none_of_these": "No host matches.",
    "server_page.not_found": "There is nothing here, or nothing that you may read.",
    "server_page.now_at": "now, {time}",
    "server_page.old_answer": "The last answer is of {time}: it does not say how the host stands now.",
    "server_page.old_answers": (
        "{count:host answered|hosts answered} more than two days ago: nothing newer is known of them."
    ),
    "server_page.only": "Only",
    "server_page.over_time": "Over time",
    "server_page.problem": "This page cannot be shown",
    "server_page.proof": "Proof",
    "server_page.proof_endpoint": "endpoint",
    "server_page.proof_endpoint_is": "Proof: endpoint. The host signed these results itself.",
    "server_page.proof_transport": "transport",
    "server_page.proof_transport_is": (
        "Proof: transport. osquery does not sign its rows; the server’s signature proves what came and "
        "when, not that it is true."
    ),
    "server_page.proof_unknown": "–",
    "server_page.proof_unknown_is": "Proof: not recorded for this host.",
    "server_page.show": "Show",
    "server_page.since": "Since",
    "server_page.skip": "Skip to the content",
    "server_page.to_fleet": "To the fleet",
    "server_page.to_now": "As it stands now",
    "server_page.trends": "Trends",
    "server_page.unknown_choice": "{name}: unknown value (known: {known})",
    "server_page.until": "Until",
    "server_page.waivers": "Waivers",
    "server_page.wrong_after": "`after` is not a place that a page gave.",
}
