"""Texts of the area fleet_import: policies of Fleet that become checks."""

TEXTS = {
    "fleet_import.as_it_is": "What the policy's statement does not ask: it is taken as it is, and was not reviewed.",
    "fleet_import.changed": (
        "the policy changed since it was imported as {id}: the check was kept; delete it to import the policy again"
    ),
    "fleet_import.done": "{count:check|checks} imported, {kept} unchanged, {left} left out",
    "fleet_import.lacks": "the policy has no {key}",
    "fleet_import.left_out": "left out:",
    "fleet_import.met": "the policy's statement returned a row",
    "fleet_import.name": "another policy has the same name and asks something else: {place}",
    "fleet_import.nested": "a list of policies names a further file; Fleet does not follow it either",
    "fleet_import.no": "fails",
    "fleet_import.no_example": (
        "no rows were found for which the policy {answer}: either it never does, or its test cases have to be written "
        "by hand"
    ),
    "fleet_import.no_file": "there is no file {path}",
    "fleet_import.no_list": "the file holds no list of policies",
    "fleet_import.no_policy": "this is no policy: expected keys such as name and query",
    "fleet_import.no_table": "the statement asks no table: it would always give the same answer",
    "fleet_import.no_yaml": "the file is no YAML: {why}",
    "fleet_import.none": "{folder} holds no policy of Fleet",
    "fleet_import.nothing_seen": "the tables that the policy asks have no rows: nothing was examined",
    "fleet_import.on": "{platform}: {why}",
    "fleet_import.outside": "{path} leads out of the folder that is imported",
    "fleet_import.patch": "a patch policy has no statement of its own: Fleet makes it from an app",
    "fleet_import.platform": "Rempart has no checks for this platform",
    "fleet_import.rationale": "The policy does not say why it matters.",
    "fleet_import.resolution": "The policy does not say how to fix a finding.",
    "fleet_import.several": "the policy holds several statements",
    "fleet_import.too_deep": "the file is nested too deeply",
    "fleet_import.too_many": "there is no id left: an area has room for {most}",
    "fleet_import.twice": "the key {key} stands twice",
    "fleet_import.unmet": "the policy's statement returned no row",
    "fleet_import.unseen": "The rows behind the answer: a policy says yes or no, without evidence.",
    "fleet_import.variable": "the statement needs the value of the environment variable {name}",
    "fleet_import.yes": "passes",
}
