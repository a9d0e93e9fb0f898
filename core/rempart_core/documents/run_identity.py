"""What a run document says of what was looked at and of what answered."""

from rempart_core.documents.record import Record
from rempart_core.error import DocumentError
from rempart_core.messages.message import Message
from rempart_core.model.result import PROOFS, ContainerIdentity, EngineIdentity, TargetIdentity


def read_target(part: Record) -> TargetIdentity:
    """Return what was looked at.

    Raises:
        DocumentError: it is not written as it has to be.
    """
    target = TargetIdentity(*(part.text(one) for one in ("name", "kind", "group", "platform", "system", "machine_id")))
    return target._replace(criticality=part.text("criticality", ""))


def read_container(part: Record) -> ContainerIdentity:
    """Return which image of a container was looked at.

    Raises:
        DocumentError: it is not written as it has to be.
    """
    return ContainerIdentity(part.text("manifest"), part.text("config"), part.flag("only"), part.text("platform", ""))


def read_engine(part: Record) -> EngineIdentity:
    """Return what answered.

    Raises:
        DocumentError: it is not written as it has to be.
    """
    engine = EngineIdentity(part.text("name"), part.text("version"), part.text("user"), part.flag("privileged"))
    return engine._replace(sandbox=part.text("sandbox", ""))


def read_proof(part: Record) -> str:
    """Return what proves that the answers are the machine's.

    Args:
        part: The document; one of an earlier version says nothing of it.

    Raises:
        DocumentError: it is nothing that this version knows: what is not understood proves nothing.
    """
    proof = part.text("proof", "")
    if proof not in PROOFS:
        raise DocumentError(Message("document.member", place="run", name="proof", text=proof[:40]))
    return proof
