"""What an installed agent does: it audits, signs, says who it is, and delivers."""

import os
import sys

from rempart_agent.audit.pipeline import audit
from rempart_agent.audit.request import Request
from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_agent.installed import delivery, envelope, spool
from rempart_agent.installed.settings import PATH, read_settings
from rempart_agent.installed.spool import Spool
from rempart_agent.machine_identity import identify, read_identity
from rempart_core.error import DocumentError, KeyFileError, SpoolError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.text import quiet_json

_KEY = "key.pem"
_PUBLIC = "key.pub"


def run(path: str, folder: str) -> int:
    """Audit this machine as the file says, sign what was found, and put it into the spool.

    Args:
        path: The file; ``""`` for the usual one.
        folder: Where key and spool lie; ``""`` for the usual place.

    Returns:
        0: findings are the controller's to judge.

    Raises:
        ContentError: The file, or what it names, holds mistakes.
        RempartError: The audit could not be made, signed or kept.
    """
    from rempart_core.model.result import count
    from rempart_core.signing.key import load_key

    settings = read_settings(path or PATH)
    if not read_identity():
        raise UsageError(Message("agent.no_machine_id"))
    key = load_key(os.path.join(folder or spool.FOLDER, _KEY))
    request = Request(
        role=settings.role,
        profile=settings.profile,
        directories=settings.checks,
        waivers=settings.waivers,
        deadline=settings.deadline,
        engine=settings.engine,
        values=settings.parameters,
    )
    found = identify(audit(request, say))
    number, dropped = Spool(folder or spool.FOLDER).put(
        lambda number, gone: envelope.seal(found, key, number, gone), settings.bounds
    )
    counted = count(found.results)
    said = ", ".join(f"{amount} {state}" for state, amount in counted.items() if amount)
    print(words("agent.run_signed", number=number, counts=said))
    if dropped:
        say(words("agent.spool_dropped", count=dropped))
    return 0


def identity(folder: str, *, as_json: bool) -> int:
    """Print machine id and public key; the key is made where there is none.

    Args:
        folder: Where the agent keeps its key; ``""`` for the usual place.
        as_json: Whether both are printed as one object of JSON.

    Raises:
        UsageError: This machine has no machine id.
        KeyFileError: The key can't be read, or can't be made.
    """
    machine, public = read_identity(), _public(folder or spool.FOLDER)
    if not machine:
        raise UsageError(Message("agent.no_machine_id"))
    if as_json:
        import json

        data = {"machine_id": machine, "key": public}
        print(quiet_json(json.dumps(data)))
    else:
        print(words("agent.identity", machine=machine, key=public))
    return 0


def _public(folder: str) -> str:
    """Return the public key, which lies beside the private one: who only delivers need not load what signs."""
    path = os.path.join(folder, _PUBLIC)
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            known = file.read(200).strip()
        if len(known) == 64:
            return known
    except FileNotFoundError:
        pass
    except OSError as error:
        raise KeyFileError(Message("file.failed", path=path, error=reason_of(error))) from error
    from rempart_core.signing.key import load_key

    public = load_key(os.path.join(folder, _KEY)).public
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(public + "\n")
    except OSError as error:
        raise KeyFileError(Message("file.failed", path=path, error=reason_of(error))) from error
    return public


def deliver(folder: str) -> int:
    """Give a controller what waits, through the standard input and output.

    Raises:
        SpoolError: No agent has run here, or what it left can't be read.
        KeyFileError: The key can't be read.
    """
    folder = folder or spool.FOLDER
    if not os.path.isdir(folder):
        raise SpoolError(Message("agent.never_ran", folder=folder))

    def flatten(data: bytes) -> bytes:
        from rempart_core.signing.key import load_key  # which only a controller of 0.1.0 makes necessary

        try:
            return envelope.flatten(data, load_key(os.path.join(folder, _KEY), create=False))
        except DocumentError:
            return data  # the controller says why it refuses it

    delivery.deliver(Spool(folder), _public(folder), sys.stdin.buffer, sys.stdout.buffer, flatten)
    return 0
