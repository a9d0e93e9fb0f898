"""What the installed agent says where it sends its documents to a server."""

TEXTS = {
    "agent_push.again": "{why}; next try in {seconds} s",
    "agent_push.authorities": "the CA file holds no certificate in PEM",
    "agent_push.busy": "another `rempart-agent push` works on {folder}",
    "agent_push.certificate": "its certificate is not valid for this agent: {error}",
    "agent_push.enrol_about": "make the installed agent known to a server, to which it then sends its documents",
    "agent_push.enrol_long": (
        "Make the installed agent known to a server (`rempart server`). The secret of a group admits it at once; "
        "without one it waits until somebody accepts it there. From then on `rempart-agent push` sends its documents "
        "to this server. Exit status: 0, 2 if the server refuses it, 3 if the server cannot be reached."
    ),
    "agent_push.enrol_refused": "{url} refuses this agent: {why}",
    "agent_push.enrolled": "enrolled with {url} as node {node}, group {group}",
    "agent_push.help_ca": "CA certificates of the server, PEM; no others are trusted",
    "agent_push.help_keep": 'do nothing if the agent is already enrolled with this server; prints "unchanged"',
    "agent_push.help_name": "name of this host on the server (default: its host name)",
    "agent_push.help_once": "try once; by default an unreachable server is tried again until all is sent",
    "agent_push.help_secret": "file with the secret of a group",
    "agent_push.help_server": "address of the server, https://NAME:PORT",
    "agent_push.late": "it did not answer in time",
    "agent_push.name": '"{name}" is not a host name',
    "agent_push.no_http": "its answer is not HTTP ({error})",
    "agent_push.no_secret": "{path} must hold one secret, and nothing else",
    "agent_push.no_text": "{path} is not a text file of this kind",
    "agent_push.not_enrolled": "this agent is not enrolled with a server ({folder}); run `rempart-agent enrol`",
    "agent_push.push_about": "send pending documents to the server with which the agent is enrolled",
    "agent_push.push_long": (
        "Send pending documents to the server, oldest first. Each is deleted here once the server has stored it; one "
        "that the server refuses stays, and the reason is printed. If the server cannot be reached, it is tried again "
        "after a random delay of up to 30 s, later up to 1 h, until all is sent. Exit status: 0, 3 if documents are "
        "refused or, with --once, remain."
    ),
    "agent_push.refused": "the server refuses document {number}: {why}",
    "agent_push.settings": "{path} is damaged; run `rempart-agent enrol` again",
    "agent_push.status": "unexpected answer (HTTP status {status})",
    "agent_push.stopped": "stopped; the other documents remain",
    "agent_push.stored": "{count:document|documents} stored",
    "agent_push.unchanged": "unchanged",
    "agent_push.unreachable": "the server {url}: {error}",
    "agent_push.url": '"{url}" is not an address of a server; expected https://NAME:PORT',
    "agent_push.waits": (
        "{url} knows this agent as node {node}, which waits to be accepted: on the server, compare the key and run "
        "`rempart server node accept {node} --group GROUP`\nkey {key}"
    ),
}
