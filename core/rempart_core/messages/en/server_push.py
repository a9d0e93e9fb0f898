"""What the server says to installed agents that push their documents."""

TEXTS = {
    "server_push.many_wait": "{count} agents already wait to be accepted: accept or revoke some, or use a secret",
    "server_push.no_enrolment": "this is not a signed enrolment",
    "server_push.revoked": "node {node} was revoked; let it in again with `rempart server node accept {node}` there",
    "server_push.secret": "the secret is wrong, spent, ended or revoked",
    "server_push.unknown": "the server does not know key {key}; run `rempart-agent enrol` on this machine",
    "server_push.waiting": "node {node} waits to be accepted there: `rempart server node accept {node} --group GROUP`",
}
