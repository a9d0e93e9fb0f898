"""Platforms as images name them: ``os/architecture[/variant]``, with the defaults that containerd lays down."""

from rempart_agent.images.containers.document import Document

_ARCHITECTURES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "i386": "386"}
_PLAIN = {("amd64", "v1"), ("arm64", "v8"), ("arm64", "8")}
UNKNOWN = "unknown/unknown"
"""What an attestation beside an image has for a platform; nothing runs there."""


def name_platform(system: str, architecture: str, variant: str) -> str:
    """Return a platform's name in one form for all who write it differently; ``""`` where nothing is said.

    Args:
        system: ``linux``.
        architecture: ``arm64``, or as ``uname`` has it.
        variant: ``v8``; ``""`` for the usual one.
    """
    if not system and not architecture:
        return ""
    architecture = _ARCHITECTURES.get(architecture.lower(), architecture.lower())
    variant = variant.lower()
    if architecture == "arm":
        variant = f"v{variant}" if variant.isdigit() else variant or "v7"
    if (architecture, variant) in _PLAIN:
        variant = ""
    return "/".join(one for one in (system.lower(), architecture, variant) if one)


def read_platform(document: Document) -> str:
    """Return the platform that a descriptor's ``platform``, or the configuration of an image, names.

    Raises:
        Malformed: It is not written as it has to be.
    """
    return name_platform(document.text("os"), document.text("architecture"), document.text("variant"))


def same_platform(wanted: str, found: str) -> bool:
    """Return whether a platform is the one that is asked for; without a variant each variant is.

    Args:
        wanted: ``os/architecture`` or ``os/architecture/variant``, as a user writes it; anything else is no platform.
        found: What ``name_platform`` made of the image's own words.
    """
    parts = wanted.split("/")
    if len(parts) not in (2, 3):
        return False
    asked = name_platform(parts[0], parts[1], parts[2] if len(parts) == 3 else "")
    if len(parts) == 2 and found.split("/")[:2] == asked.split("/")[:2]:
        return True
    return asked == found
