"""Texts of the area organisation: what registers and machines do not say of an organisation."""

TEXTS = {
    "organisation.checks_with_fleet": (
        "--checks cannot be combined with -i and --registers: audit the organisation apart"
    ),
    "organisation.decision": "decided not to apply by {by} until {until} (applicability, line {line})",
    "organisation.decision_doubtful": (
        "the decision that it does not apply (applicability, line {line}) cannot be trusted: {trouble}"
    ),
    "organisation.decision_ended": "the decision of {by} that it does not apply ended on {until}: decide again",
    "organisation.decision_endless": (
        "the decision that it does not apply (applicability, line {line}) has no end: write until"
    ),
    "organisation.decisions_malformed": (
        "the register applicability holds mistakes: no decision in it counts (`rempart registers lint`)"
    ),
    "organisation.implausible": (
        "register {name}: its head is dated in the future, or by nobody of the roster (`rempart registers lint`)"
    ),
    "organisation.live_needs_registers": "--live needs --registers DIR",
    "organisation.malformed": (
        "register {name}: {count:mistake|mistakes}, the first on line {line} (`rempart registers lint`)"
    ),
    "organisation.no_incidents": "the incidents of this user cannot be read",
    "organisation.no_live": "no results of machines: name a store (--store) or runs (--live RUNS.jsonl)",
    "organisation.no_register": "no register {name}: `rempart registers add {name}`",
    "organisation.no_roster": "no roster: `rempart registers add people`",
    "organisation.not_audited": "the organisation was not audited: {reason}",
    "organisation.not_with_registers": (
        "--{option} is about machines: --registers audits the organisation alone, or after the machines of -i"
    ),
    "organisation.sample": "SAMPLE: this organisation is invented",
    "organisation.stale_live": (
        "the newest results of machines are {days:day|days} old, more than {most:day|days}: audit the machines again"
    ),
    "organisation.statements": "{count:entry|entries} proved by a statement without a file: {named}",
    "organisation.sum": (
        "{name}: {findings:finding|findings}, {gaps} not checked, {errors:error|errors}, {passed} passed"
    ),
    "organisation.unreadable": "register {name} cannot be read (`rempart registers lint`)",
}
