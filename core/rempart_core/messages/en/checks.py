"""Texts of the area checks."""

TEXTS = {
    "checks.answer_when": "depends on the values of {names}",
    "checks.answers": (
        "Rules of other baselines that it answers, and in [ ] by which rows of its evidence (% stands for any text)"
    ),
    "checks.case_failed": "{check}: {name}: {wrong}",
    "checks.cases_failed": "{count:test case|test cases}, {failed} failed",
    "checks.cases_passed": "{count:test case|test cases}, all as expected",
    "checks.column_choice": "by choice",
    "checks.column_full": "in full",
    "checks.column_not_answered": "not answered",
    "checks.column_part": "in part",
    "checks.column_profile": "profile",
    "checks.column_rules": "rules",
    "checks.column_share": "share",
    "checks.complete": "nothing: {why}",
    "checks.contributes": "A check contributes to a requirement; it never satisfies one alone.",
    "checks.control": "organisational control",
    "checks.counts": (
        "{total:requirement|requirements}: {supported} supported by checks, {organisational} by organisational "
        "controls alone, {missing} not covered ({technical} technical)"
    ),
    "checks.file_exists": "{file} already exists: nothing was written",
    "checks.framework_and_profile_of": "--framework and --profile-of ask for different things: give one",
    "checks.gap_organisational": "organisational",
    "checks.gap_technical": "technical",
    "checks.how_to_fix": "How to fix it",
    "checks.id_taken": "the id {id} is already used by {file}",
    "checks.laxer": "laxer values: {names}",
    "checks.list": "list {name}, {updated}: {source}",
    "checks.needs_profile_of": "{option} needs --profile-of",
    "checks.next_steps": (
        "Replace what says TODO, then:\n  rempart checks lint {words}\n  rempart checks test {words}"
    ),
    "checks.no_area": "{text} is not an area: expected lower-case letters, digits and hyphens, such as remote-access",
    "checks.no_case": "no test case matches",
    "checks.no_foreign": "{file} has no profile {name}{hint}",
    "checks.no_framework": "there is no framework {name}{hint}",
    "checks.no_id": "{text} is not an id: expected letters, a hyphen and a number, such as ACME-01",
    "checks.no_scheme": "there are no rules of {name}{hint}",
    "checks.no_slug": (
        "{text} is not a file name: expected lower-case letters, digits and hyphens, such as recorder-closed"
    ),
    "checks.not_covered": "not covered",
    "checks.not_examined": "Not examined",
    "checks.organisational": "organisational",
    "checks.other_linux": "Other Linux",
    "checks.other_platform": "{check} does not run on {platform}; it runs on {platforms}",
    "checks.parameters": "Parameters",
    "checks.percent": "{text} is not a percentage: expected a whole number, 0 to 100",
    "checks.scope": "Listed: {scope}",
    "checks.scope_unknown": "the check does not say",
    "checks.sentences": "Sentences",
    "checks.sound": "{count:check|checks}: no mistakes",
    "checks.supported": "supported",
    "checks.supports": "Contributes to",
}
