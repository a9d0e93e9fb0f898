"""What a statement about an image names: files of disks, manifests and configurations of containers."""

import os
from collections.abc import Mapping, Sequence

from rempart_core.model.result import ContainerIdentity
from rempart_core.signing.statement import Subject
from rempart_core.text import clean_line


def list_subjects(
    images: Sequence[str], digests: Mapping[str, str], containers: Mapping[str, ContainerIdentity]
) -> list[Subject]:
    """Return what was judged: of an archive of several images not the file, which holds what nobody looked at.

    Args:
        images: What was given, by path.
        digests: Those of the files (``sha256:…``), by path; folders have none.
        containers: Which image was judged, by path; disks are none.
    """
    bases = [os.path.basename(os.path.normpath(path)) for path in images]
    found = []
    for path, base in zip(images, bases, strict=True):
        name = clean_line(base if bases.count(base) == 1 else path)
        inner = containers.get(path)
        if path in digests and (inner is None or inner.only):
            found.append(Subject(name, digests[path]))
        if inner is not None and inner.manifest:
            found.append(Subject(f"{name} manifest", inner.manifest))
        elif inner is not None:
            found.append(Subject(f"{name} config", inner.config))
    return found
