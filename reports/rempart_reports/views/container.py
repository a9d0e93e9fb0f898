"""Which image of a container was judged, in words: its platform, and the digest that names it for good."""

from typing import NamedTuple

from rempart_core.messages.labels import Labels
from rempart_core.model.result import Run


class ContainerWords(NamedTuple):
    """What a report says of the image of a container.

    Attributes:
        about: ``Container image linux/amd64, manifest``: what the digest is of; untrusted.
        digest: ``sha256:…``, untrusted.
        note: That the archive or layout holds more, which was not judged; ``""`` where it holds nothing else.
    """

    about: str
    digest: str
    note: str


def tell_container(run: Run, language: str) -> ContainerWords | None:
    """Return what image of a container a run judged; None where it judged none.

    The manifest names the configuration and the layers; an archive of Docker has none, and its configuration names
    the layers.

    Args:
        run: The run.
        language: ``en`` or ``fr``.
    """
    found = run.container
    if found is None:
        return None
    label = Labels("container_page", language)
    if found.platform:
        about = label("manifest_of" if found.manifest else "config_of", platform=found.platform)
    else:
        about = label("manifest" if found.manifest else "config")
    return ContainerWords(about, found.manifest or found.config, "" if found.only else label("more"))
