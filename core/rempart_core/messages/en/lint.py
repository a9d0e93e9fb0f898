"""Texts of the area lint: what is wrong with checks and their cases beyond the form of their files."""

TEXTS = {
    "lint.augeas": (
        "augeas answers nothing for files that it can't parse: use rempart_ini, rempart_fields, rempart_pam …"
    ),
    "lint.breaks_lax": "breaks {rule} with values that the answer (when) does not allow",
    "lint.breaks_more": ("breaks {rule} and fails other rows too ({items}): only rows that match {pattern} may fail"),
    "lint.breaks_other": "breaks {rule}, which the check does not answer{hint}",
    "lint.case": "case {name}: {text}",
    "lint.coalesce": "coalesce around an answer: unknown has to stay unknown",
    "lint.column_empty": "the sentence {sentence} tells the column {column}, which is empty in the row of {item}",
    "lint.column_lacks": "the sentence {sentence} tells the column {column}, which the answer lacks",
    "lint.column_number": "the sentence {sentence} counts the column {column}, which is {text}: no whole number",
    "lint.either": "{first} or {last}",
    "lint.final_verdict": "final_verdict: ask rempart_firewall_reach, which follows a packet",
    "lint.gap": "{check} on {gap}",
    "lint.incomplete": "incomplete is {found}",
    "lint.inner_roster": (
        "{platform}: joins org_people: start FROM org_people and LEFT JOIN the rest, or a person without an "
        "entry is no row"
    ),
    "lint.is_not": "answer IS NOT 1: unknown would pass; write answer = 0",
    "lint.items": "{what} items are {items}, expected {expected}",
    "lint.no_case_of": "no case has {what}",
    "lint.no_cases": "{check} has no cases: write at least one that passes, one that fails and one of no rows",
    "lint.no_columns": "the answer has no column {columns}",
    "lint.no_requirement": "has no requirement {requirement}{hint}",
    "lint.no_roster": "{platform}: reads {table}, which is about persons, and not org_people: start from the roster",
    "lint.no_rule": "{scheme} has no rule {rule}{hint}",
    "lint.no_sentence": "{column} names {id}, which is no sentence{hint}",
    "lint.not_in_schema": "{platform} has no {name}",
    "lint.orphan": "these cases lie beside no check",
    "lint.other_reason": "the reason is {reason}, expected it to hold {expected}",
    "lint.other_state": "expected {expected}, came out {state}: {reason}",
    "lint.passes_not_kept": "passes where {table} is not kept",
    "lint.passes_stale": "passes on results of {table} that are too old",
    "lint.passes_trouble": "passes with a trouble in row {row} of {table}: unknown has to stay unknown",
    "lint.passes_without": "passes without {table}: nothing was examined",
    "lint.said": "the column {column} is written by the verdict: give it another name",
    "lint.scope": "{check} does not say what it leaves out: write not_examined, or complete with the reason",
    "lint.unbroken": (
        "answered in full, but no failing case breaks it: write one with breaks: [{rule}], or say what "
        "is not asked (part)"
    ),
    "lint.unconstrained": "table {table} is asked without its required column: constrain it with =, IN or LIKE",
    "lint.unconstrained_by": (
        "table {table} is asked without its required column: constrain {columns} with =, IN or LIKE"
    ),
    "lint.unsaid": "no case says it: write one that does, or leave it out",
    "lint.unshown": "answered in full, but no passing case has a passing row that matches {pattern}",
    "lint.what_evidence": "an entry with trouble: evidence_absent, with error",
    "lint.what_future": "an entry with trouble: future_date, with error",
    "lint.what_not_kept": "a register that is not kept (error: not_kept), with not_checked",
    "lint.what_trouble": "an entry with another trouble, with error",
}
