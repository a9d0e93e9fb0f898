"""What a run document says of what was looked at and of what answered."""

from rempart_core.documents.record import Record
from rempart_core.model.result import ContainerIdentity, EngineIdentity, TargetIdentity


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
