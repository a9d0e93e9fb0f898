"""An acceptance that is signed: its envelope goes into the folder of registers, and an entry names it."""

import os
import time as clock

from rempart_controller.recording.user_key import load_key
from rempart_controller.risk.register_rows import list_keys
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.registers.edit import write_beside
from rempart_core.registers.entry import add_entry
from rempart_core.registers.register import Registers
from rempart_core.risk.assessment import Acceptance
from rempart_core.signing.acceptance import sign

_FOLDER = "evidence"


def accept(found: Registers, said: Acceptance) -> str:
    """Sign an acceptance, write it beside the registers and add its entry; return the path of the file.

    Args:
        found: The registers.
        said: What is accepted.

    Raises:
        UsageError: The user's key is not in register signers for that person, or the entry can't be believed.
        ContentError: A register that the entry needs is malformed.
        KeyFileError: The user's key can't be had.
    """
    key = load_key()
    if key.public not in list_keys(found, said.by, said.date):
        raise UsageError(Message("risk.no_key", person=said.by, key=key.public, folder=found.folder, date=said.date))
    folder = os.path.join(found.folder, _FOLDER)
    if os.path.realpath(folder) != os.path.join(os.path.realpath(found.folder), _FOLDER):
        raise UsageError(Message("file.failed", path=folder, error=Message("registers.outside")))
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise UsageError(Message("file.failed", path=folder, error=reason_of(error))) from error
    path = _choose(folder, f"risk-{said.scenario.lower()}-{said.date}")
    write_beside(path, sign(said, key))
    entry = {name: value for name, value in said._asdict().items() if name != "computed"}
    entry["evidence"] = os.path.join(_FOLDER, os.path.basename(path))
    try:
        add_entry(found.folder, "acceptances", entry, clock.time())
    except BaseException:
        os.unlink(path)
        raise
    return path


def _choose(folder: str, name: str) -> str:
    """Return a path that is free."""
    for number in range(1, 1000):
        path = os.path.join(folder, f"{name}.json" if number == 1 else f"{name}-{number}.json")
        if not os.path.lexists(path):
            return path
    raise UsageError(Message("file.failed", path=os.path.join(folder, name), error=Message("risk.no_name")))
