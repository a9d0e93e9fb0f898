"""Texts of the area agent."""

TEXTS = {
    "agent.another_key": "it was signed with another key",
    "agent.controller_asks": "the controller asks for something that this version does not know",
    "agent.document_too_large": "the run document is too large: {size} bytes, {packed} packed",
    "agent.hex": "machine id and key are 64 hex digits each, as `rempart-agent identity` prints them",
    "agent.identity": ("machine {machine}\nkey     {key}"),
    "agent.known_failed": "the known agents {path}: {error}",
    "agent.known_line": "expected NAME MACHINE-ID KEY, id and key in 64 hex digits each",
    "agent.known_open": "the known agents {path}: other users can write to this file and so add agents to trust",
    "agent.known_other": (
        "another agent is known for {name}: machine {machine}, key {key}. If you reinstalled the machine or "
        "its agent: --replace"
    ),
    "agent.listed": ("{name}\n  machine {machine}\n  key     {key}"),
    "agent.never_ran": "no agent has run here: {folder} does not exist",
    "agent.no_folder": "{path} is no folder",
    "agent.no_machine_id": "this machine has no id, which its documents need; create one: systemd-machine-id-setup",
    "agent.no_signed_document": "not a signed document",
    "agent.no_whole_path": "{path} is no absolute path",
    "agent.none_known": "no agent is known",
    "agent.not_a_host": '"{name}" is not a host name',
    "agent.not_signed_document": "its content is not what was signed",
    "agent.number_line": "expected KEY NUMBER SHA-256",
    "agent.numbers_failed": "the document numbers of agents {path}: {error}",
    "agent.numbers_open": "the document numbers of agents {path}: other users can write to this file",
    "agent.numbers_wrong": "the document numbers of agents: {faults}",
    "agent.other_header": "its content is from another machine or time than its header says",
    "agent.others_file": "belongs to another user, who would decide what is audited: chown root",
    "agent.others_write": "others may write to it, who would decide what is audited: chmod go-w",
    "agent.question": "the controller's question cannot be read",
    "agent.run_option": "--{name} prints the results: it cannot be combined with --config and --folder",
    "agent.run_signed": "document {number} is signed and waits for the controller: {counts}",
    "agent.signature": "its signature is invalid: it was changed after it was signed",
    "agent.signed_too_large": "not a signed document: too large",
    "agent.spool_dropped": (
        "the spool was full: {count:older document was|older documents were} deleted before a controller stored them"
    ),
    "agent.spool_full": "{spool}: a document of {size} bytes exceeds the limit of the spool",
    "agent.too_large": "{value} is too large: at most {most}",
    "agent.unknown": "no agent is known for {host}{hint}",
    "agent.unpack": "its content cannot be unpacked",
    "agent.unpack_large": "its content cannot be unpacked, or is too large",
}
