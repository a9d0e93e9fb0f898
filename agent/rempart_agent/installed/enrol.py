"""Makes this machine's agent known to a server, and holds where its documents go from then on."""

import os
from platform import freedesktop_os_release

from rempart_agent.installed import enrolment, server_link
from rempart_agent.installed.enrolment import Enrolment
from rempart_agent.installed.server_link import Reply, Server, say_theirs
from rempart_agent.machine_identity import read_identity
from rempart_core.error import DeliveryError, KeyFileError, UsageError
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.system import reason_of
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import load_key
from rempart_core.text import clean_line
from rempart_core.version import VERSION

PATH = "/api/rempart/enrol"
KEY = "key.pem"
_MAX_FILE = 256 << 10
_MAX_SECRET = 512


def enrol(folder: str, server: Server, secret: str, name: str) -> Message:
    """Enrol this machine's agent, and return what came of it.

    Args:
        folder: Where its key and its spool lie; the key is made where there is none.
        server: Where its documents go.
        secret: Of the group that it is to be in; ``""`` where somebody accepts it on the server.
        name: What the host is called; ``""`` for its own name.

    Raises:
        UsageError: This machine has no machine id, or the server refuses it.
        KeyFileError: The key can't be read or made, or the server can't be written down.
        DeliveryError: The server can't be reached, or does not answer as it should.
    """
    machine = read_identity()
    if not machine:
        raise UsageError(Message("agent.no_machine_id"))
    key = load_key(os.path.join(folder, KEY))
    name = name or os.uname().nodename
    me = Enrolment(machine, name, "linux", _system(), VERSION)
    body = canonicalise({"secret": secret, "enrolment": enrolment.sign(me, secret, key)})
    reply = server_link.post(server, PATH, body, "application/json")
    node, state = reply.said.get("node"), reply.said.get("state")
    if reply.status != 200 or not isinstance(node, int) or state not in ("active", "waiting"):
        raise _fault(server, reply)
    try:
        server_link.write_server(folder, server)
    except OSError as error:
        raise KeyFileError(Message("file.failed", path=folder, error=reason_of(error))) from error
    if state == "waiting":
        return Message("agent_push.waits", url=server.url, node=node, key=key.public)
    group = clean_line(str(reply.said.get("group")))[:200]
    return Message("agent_push.enrolled", url=server.url, node=node, group=group)


def read_small(path: str) -> str:
    """Return the text of a file that somebody names: certificates, a secret.

    Raises:
        UsageError: It can't be read, is too large or no text.
    """
    try:
        with open(path, encoding="ascii") as file:
            text = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error
    except ValueError as error:
        raise UsageError(Message("agent_push.no_text", path=path)) from error
    if len(text) > _MAX_FILE:
        raise UsageError(Message("agent_push.no_text", path=path))
    return text


def read_secret(path: str) -> str:
    """Return the secret of a file: its one word.

    Raises:
        UsageError: It holds none, or can't be read.
    """
    words = read_small(path).split()
    if len(words) != 1 or len(words[0]) > _MAX_SECRET:
        raise UsageError(Message("agent_push.no_secret", path=path))
    return words[0]


def _fault(server: Server, reply: Reply) -> UsageError | DeliveryError:
    refused = reply.said.get("refused")
    if reply.status in {400, 403} and isinstance(refused, dict):
        return UsageError(Message("agent_push.enrol_refused", url=server.url, why=say_theirs(refused)))
    error = reply.said.get("error")
    said = as_is(clean_line(error)[:1000]) if isinstance(error, str) else None
    status = said or Message("agent_push.status", status=reply.status)
    return DeliveryError(Message("agent_push.unreachable", url=server.url, error=status))


def _system() -> str:
    try:
        return clean_line(freedesktop_os_release().get("PRETTY_NAME", ""))[:200]
    except OSError:
        return ""
