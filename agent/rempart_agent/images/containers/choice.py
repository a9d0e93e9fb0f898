"""Which of several images is judged: by name or digest, and by platform; never by guess."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rempart_agent.images.containers.digest import check_digest
from rempart_agent.images.containers.held import Part
from rempart_agent.images.containers.platform import UNKNOWN, same_platform
from rempart_agent.source.contract import Missing, SourceError

_MOST_SHOWN = 20


class Unchosen(SourceError):
    """Several images could be meant, or none is what was asked for: wrong use, exit status 2.

    ``str()`` of it says all, in English; nothing in it can speak to a terminal.

    Attributes:
        asked: The options that were given; ``""`` for none.
        option: The one that would tell the images apart; ``""`` where none was found.
        images: A line for each image that may be chosen.
    """

    kind = "unchosen"

    def __init__(self, name: str, asked: str, option: str, images: Sequence[str]) -> None:
        """Make one.

        Args:
            name: How a report calls the archive.
            asked: See the attributes.
            option: The same.
            images: The same.
        """
        self.name, self.asked, self.option, self.images = name, asked, option, tuple(images)
        first = f"holds several images, choose one with {option}" if option else f"holds no image for {asked}; it holds"
        super().__init__("{text}", text="\n".join((f"{name} {first}:", *(f"  {one}" for one in images))))


class LayerBlob(NamedTuple):
    """One layer of an image, as it is stored.

    Attributes:
        origin: Its digest, as a report names the layer.
        blob: Its bytes.
        digest: What these have to hash to; ``""`` where the archive does not say.
        diff_id: What the unpacked bytes have to hash to.
    """

    origin: str
    blob: Part
    digest: str
    diff_id: str


class Image(NamedTuple):
    """One image, its documents read and verified, its layers not yet.

    Attributes:
        manifest: The digest of its manifest; ``""`` in an archive of Docker, which has none.
        config: The digest of its configuration.
        configuration: The bytes of that: environment, command, history.
        platform: What it runs on.
        layers: From the lowest on.
    """

    manifest: str
    config: str
    configuration: bytes
    platform: str
    layers: tuple[LayerBlob, ...]


class Candidate(NamedTuple):
    """One image that may be meant.

    Attributes:
        names: What the archive calls it.
        digests: Its own, first; then those of its configuration and of the indexes that lead to it.
        platform: What it runs on.
        load: Reads its documents.
    """

    names: tuple[str, ...]
    digests: tuple[str, ...]
    platform: str
    load: Callable[[], Image]

    def __str__(self) -> str:
        """Return what tells it from others, safe for a terminal."""
        names = " ".join(ascii(one)[1:-1][:200] for one in self.names[:5])
        return " ".join(one for one in (self.digests[0], ascii(self.platform)[1:-1][:60], names) if one)


def choose(name: str, candidates: Sequence[Candidate], platform: str = "", ref: str = "") -> Candidate:
    """Return the image that is meant.

    Args:
        name: How a report calls the archive.
        candidates: The images that it holds.
        platform: ``linux/arm64/v8``; ``""`` for whichever there is.
        ref: A name or a digest; ``""`` for whichever there is.

    Raises:
        Unchosen: None is meant, or several may be.
    """
    images = [one for one in candidates if one.platform != UNKNOWN]
    found = [one for one in images if not ref or ref in one.names or ref in one.digests]
    found = [one for one in found if not platform or same_platform(platform, one.platform)]
    if len({check_digest(one.digests[0]) for one in found}) == 1:
        return found[0]
    if not images:
        raise Missing("{name}: it holds no image of a container", name=name)
    options = (ref and f"--image-ref {ref!a}", platform and f"--image-platform {platform!a}")
    asked = " ".join(one for one in options if one)
    if found:
        option = "--image-platform" if len({one.platform for one in found}) > 1 else "--image-ref"
        raise Unchosen(name, asked, option, _list(found))
    asked = " ".join(
        one for one in (ref and f"--image-ref {ref!a}", platform and f"--image-platform {platform!a}") if one
    )
    raise Unchosen(name, asked, "", _list(images))


def _list(images: Sequence[Candidate]) -> list[str]:
    lines = sorted({str(one) for one in images})
    more = len(lines) - _MOST_SHOWN
    return lines[:_MOST_SHOWN] + ([f"… {more}"] if more > 0 else [])
