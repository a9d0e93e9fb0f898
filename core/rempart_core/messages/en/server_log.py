"""Texts of the area server_log."""

TEXTS = {
    "server_log.broken": "BROKEN at line {line}: {fault}",
    "server_log.command": "export and verify the log of what people did",
    "server_log.cut_off": "the header says {said}, and the log has {count:event|events}, or another end",
    "server_log.empty": "The log is empty.",
    "server_log.export": "write the log as a bundle that can be verified offline",
    "server_log.exported": "{count:event|events}\nhead {head}\nkey  {key}",
    "server_log.follows": "it does not follow the event before: one was changed, removed or added",
    "server_log.head_gone": "no event has the given hash: the log was changed since it was noted",
    "server_log.head_is": "head {head}",
    "server_log.held": "Before that: {count:event holds|events hold}.",
    "server_log.help_bundle": "file of `rempart server log export`; - for standard input",
    "server_log.help_head": "hash that was noted earlier: nothing up to that event may have changed",
    "server_log.help_key": "public key that must have signed each line (repeatable)",
    "server_log.help_out": "file to write (default: standard output)",
    "server_log.key_is": "key  {key}",
    "server_log.log_long": (
        "The log of what people did: each event is signed and names the one before by its hash, so that none can be "
        "changed, removed or added unnoticed."
    ),
    "server_log.no_event": "not an event of the log",
    "server_log.no_head": "Note the head: with --head, a later verification shows that nothing before it changed.",
    "server_log.no_header": "not a log: its first line is not the header",
    "server_log.no_key": "No --key and no --head: whoever wrote this file could have made all of it.",
    "server_log.no_key_after": "No --key: nothing proves who signed the events after it.",
    "server_log.no_line": "not a line of a log, or it was changed or cut off",
    "server_log.number": "event {number} stands where {expected} is expected",
    "server_log.other_key": "signed with another key: {key}",
    "server_log.pinned": "Event {number} has the given hash; {more:event follows|events follow}.",
    "server_log.signature": "its signature is invalid: it was changed after it was signed",
    "server_log.verify": "verify a bundle offline",
    "server_log.verify_long": (
        "Verify a log offline: signatures, hashes and numbers, from the first event to the last. Exit status: 0 whole, "
        "1 broken, 2 wrong usage."
    ),
    "server_log.whole": "Whole: {count:event|events}, {begun} to {ended}",
}
