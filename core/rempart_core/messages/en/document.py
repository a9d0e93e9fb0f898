"""Texts of the area document."""

TEXTS = {
    "document.at_line": "{path}: line {number}: {error}",
    "document.counts": "the run document contradicts itself: its counts differ from its results",
    "document.failure_kind": 'the run document is damaged: unknown kind of failure "{kind}"',
    "document.in_file": "{path}: {error}",
    "document.key_twice": "a key stands twice in one object",
    "document.member": 'the run document is damaged: {place}.{name} cannot be "{text}"',
    "document.missing": "the run document is damaged: {place} is missing",
    "document.negative": "the run document is damaged: {place}.{name} is negative",
    "document.no_json": "this is not a run document, or only a part of one: no valid JSON ({error})",
    "document.no_json_at": (
        "this is not a run document, or only a part of one: no valid JSON at line {line}, column {column}"
    ),
    "document.no_number": "{word} is not a number",
    "document.no_schema": 'this is not a run document: "schema" is not "{known}"',
    "document.other_schema": 'the run document has the schema "{schema}"; this version reads "{known}"',
    "document.rows": "the run document contradicts itself: it contains more rows than it counts",
    "document.texts": "the run document is damaged: {place}.{name} must contain only texts",
    "document.time": "the run document is damaged: {name} is not a possible duration",
    "document.too_large": "the run document is larger than {size} MiB",
    "document.twice": "the run document contains two results for {check}",
    "document.value": "the run document is damaged: {place}.{name} is not a parameter value",
    "document.wrong_kind": "the run document is damaged: {place} is not of type {what}",
}
