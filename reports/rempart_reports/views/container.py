"""Which image of a container was judged, in words: its platform, and the digest that names it for good."""

from typing import NamedTuple

from rempart_core.model.result import Run
from rempart_core.text import Text

_TITLE = Text("Container image", "Image de conteneur")
_MANIFEST = Text("manifest", "manifeste")
_CONFIG = Text("configuration", "configuration")
_MORE = Text("the file holds more than this image", "le fichier contient autre chose que cette image")


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
    kind = _MANIFEST if found.manifest else _CONFIG
    title = " ".join(part for part in (_TITLE.get(language), found.platform) if part)
    note = "" if found.only else _MORE.get(language)
    return ContainerWords(f"{title}, {kind.get(language)}", found.manifest or found.config, note)
