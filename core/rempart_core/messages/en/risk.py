"""Texts of the area risk."""

TEXTS = {
    "risk.accept": "accept the risk of a scenario as --level: signed with your key, added to register acceptances",
    "risk.accept_needs": "--accept needs {option}",
    "risk.accepted": "{scenario} is accepted as {level} until {until}; signed in {path}",
    "risk.by": "with --accept: who accepts, by pseudonym; register signers must name your key for that person",
    "risk.computed_stays": "The computed value stays {level} and is shown beside it.",
    "risk.explain": "print every term of a scenario (S3) or of a host",
    "risk.level": "with --accept: {levels}",
    "risk.long": (
        "Show the risk of the fleet and of each scenario by the newest results of the store, with every term: posture, "
        "host and fleet risk, worst hosts, controls that are missing, treatment, and the risk once it is done. "
        "Criticality, treatment and acceptances come from registers. Exit status: 0 written, 2 wrong usage or content "
        "(a signature that is wrong, too), 3 written, but the audit is incomplete."
    ),
    "risk.needs_accept": "{option} has no effect without --accept",
    "risk.no_key": (
        "register signers has no key of {person} that is yours: `rempart registers add signers {folder} --person "
        "{person} --key {key} --since {date}`"
    ),
    "risk.no_name": "too many files of that name",
    "risk.no_results": "the store has no results: run `rempart audit --store` first",
    "risk.reason": "with --accept: why",
    "risk.registers": "folder of registers: criticality of hosts, treatment, acceptances",
    "risk.unknown": "there is no scenario or host {name}{hint}",
    "risk.until": "with --accept: the last day on which it holds, YYYY-MM-DD",
    "risk.until_far": "{date} is too far ahead: an acceptance lasts {days} days at most",
    "risk.until_past": "{date} has passed: an acceptance ends in the future",
}
