"""Texts of the area verify: what became of a bundle of signed runs that was verified or exported."""

TEXTS = {
    "verify.at_bundle": "BROKEN: bundle",
    "verify.at_link": "BROKEN: link {number} ({place})",
    "verify.at_link_alone": "BROKEN: link {number}",
    "verify.begins_late": "begins at link {first}: earlier links are not proven",
    "verify.exported": "{links:link|links}, {documents:document|documents}; head {head}, key {key}",
    "verify.fault_line": "  {fault} (line {line})",
    "verify.forgotten": "documents of runs before {day} were deleted (--keep); their links are intact",
    "verify.head_is": "head  {head}",
    "verify.held": "  {links:link before it holds|links before it hold}, {documents} with their documents",
    "verify.intact": "INTACT: links {first} to {last}, {documents:document|documents}, {begun} to {ended}",
    "verify.key_is": "key   {key}",
    "verify.no_head": "Its end could be missing: give the head from the last report (--head).",
    "verify.no_key": (
        "It is consistent in itself, but whoever made it could have made all of it: give each key that may have "
        "signed (--key), from `rempart export` or the reports of that time."
    ),
    "verify.not_proven": "NOT PROVEN: links {first} to {last}, {documents:document|documents}, {begun} to {ended}",
    "verify.old_form": (
        "{count:link has no document|links have no documents}: a bundle of this old form does not say why"
    ),
    "verify.other_keys": "also signed with other keys than yours: {names}: give `verify` only those that you know",
    "verify.other_writer": "written with another key: {key}",
    "verify.some_hosts": "only documents of {names}",
}
