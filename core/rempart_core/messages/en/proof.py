"""Texts of the area proof: what is wrong with signed runs."""

TEXTS = {
    "proof.cut_off": "this line is no canonical JSON: it was changed, or cut off",
    "proof.document_damaged": "its document is damaged, or a part of it is missing",
    "proof.document_missing": "its document is missing, and nobody said that it was forgotten",
    "proof.documents_missing": (
        "its document is missing, and nobody said that it was forgotten; so are those of {others}"
    ),
    "proof.documents_missing_more": (
        "its document is missing, and nobody said that it was forgotten; so are those of {others} and {more} more"
    ),
    "proof.document_other": "its document is not the one that was signed",
    "proof.documents_count": "{expected} documents were in it, {found} are",
    "proof.ends_early": "the bundle ends too soon: link {link} is missing, {count} were in it",
    "proof.forgotten_key": "what was forgotten was signed with another key: {key}",
    "proof.forgotten_none": "what it says was forgotten is no statement",
    "proof.forgotten_signature": "the signature of what was forgotten is not right",
    "proof.head_behind": (
        "its head is {head}, not the one that is expected: the expected head is that of link {link}, and "
        "{behind} follow"
    ),
    "proof.head_gone": (
        "its head is {head}, not the one that is expected: the link with the expected head is not in it: its end was "
        "cut off, or it was written anew"
    ),
    "proof.header_head": "the last link is not the head that the header names",
    "proof.header_key": "the bundle was written with another key: {key}",
    "proof.header_signature": "the signature of the bundle's header is not right",
    "proof.link_follows": (
        "it does not follow the link before: one of both was changed, or one between them is missing"
    ),
    "proof.link_key": "it was signed with another key: {key}",
    "proof.link_missing": "link 1 is missing",
    "proof.link_none": "this is no link of a chain",
    "proof.link_number": ("its number is {number}, {expected} is expected: a link is missing, or out of its order"),
    "proof.link_signature": "its signature is not right",
    "proof.links_missing": "links 1 to {last} are missing",
    "proof.no_bundle": "this is no bundle of signed runs",
    "proof.no_json": "this line is no canonical JSON",
    "proof.no_line": "this line is neither a link nor a part",
    "proof.part_stray": "a part belongs to no document",
    "proof.part_twice": "the same part stands twice",
}
