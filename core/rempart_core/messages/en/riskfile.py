"""Texts of the area riskfile."""

TEXTS = {
    "riskfile.matrix_order": (
        "more gravity or likelihood leads to a lower level, from {place} on: a fix could raise a risk"
    ),
    "riskfile.matrix_row": "expected a gravity and the level of each of {classes}",
    "riskfile.missing": "the row {row} is missing",
    "riskfile.order": "{group} has to grow: {names}",
    "riskfile.other_id": "the scenario {id} lies in a file of {name}",
    "riskfile.row": "expected a row: [group, name, number]",
    "riskfile.scenario_id": "{text} is no id of a scenario: write S and a number, like S3",
    "riskfile.scenario_name": "a scenario's file is named by its id and a slug: s3-ransomware.yaml",
    "riskfile.too_large": "{value} is too large: at most {most}",
}
