"""Which machine this is: the machine id, hashed for this use.

Source: machine-id(5): the id is confidential; only a hash made with a key of the program's own may leave the machine.
It is the hash that the collector makes on an endpoint, so that a machine has one history whoever looks at it.
"""

import hashlib
import hmac

from rempart_core.model.result import Run

_PATH = "/etc/machine-id"


def read_identity(path: str = _PATH) -> str:
    """Return the machine id, hashed; ``""`` where this machine has none."""
    try:
        with open(path, "rb") as file:
            identity = file.read(64).strip()
    except OSError:
        return ""
    if not identity or identity == b"uninitialized":
        return ""
    return hmac.new(identity, b"rempart", hashlib.sha256).hexdigest()


def identify(run: Run, path: str = _PATH) -> Run:
    """Return the run of this machine with its machine id; of anything else, or where there is no id, as it is.

    Args:
        run: What was found.
        path: Where the machine id stands.
    """
    if run.target.kind != "machine" or run.target.machine_id:
        return run
    identity = read_identity(path)
    return run._replace(target=run.target._replace(machine_id=identity)) if identity else run
