"""Which of several images is meant."""

from __future__ import annotations

import pytest
from rempart_testing.container_images import digest

from rempart_agent.images.containers.choice import Candidate, Image, Unchosen, choose
from rempart_agent.source.contract import SourceError


def image(name: str, platform: str = "linux/amd64", above: str = "", names: tuple[str, ...] = ()) -> Candidate:
    """Return an image of a name; its digest is that of its name and platform."""

    def load() -> Image:
        raise AssertionError

    own = digest((name + platform).encode())
    return Candidate(names or (name,), (own, *([digest(above.encode())] if above else [])), platform, load)


AMD, ARM = image("app", "linux/amd64", "index"), image("app", "linux/arm64", "index")
PROOF = image("app", "unknown/unknown", "index")


def test_the_only_image_is_meant() -> None:
    assert choose("image.tar", [AMD]) is AMD
    assert choose("image.tar", [AMD, PROOF]) is AMD


def test_the_same_image_twice_is_one() -> None:
    assert choose("image.tar", [image("app", names=("a",)), image("app", names=("b",))]).names == ("a",)


def test_several_platforms_are_listed_and_none_is_guessed() -> None:
    with pytest.raises(Unchosen) as error:
        choose("image.tar", [AMD, ARM, PROOF])
    first, *lines = str(error.value).splitlines()
    assert (error.value.option, len(error.value.images)) == ("--image-platform", 2)
    assert "choose one with --image-platform" in first
    assert sorted(lines) == sorted([f"  {AMD.digests[0]} linux/amd64 app", f"  {ARM.digests[0]} linux/arm64 app"])
    assert choose("image.tar", [AMD, ARM], platform="linux/arm64/v8") is ARM
    assert choose("image.tar", [AMD, ARM], ref=ARM.digests[0]) is ARM


def test_several_names_are_listed_and_an_attestation_is_no_choice() -> None:
    one, two = image("one"), image("two")
    with pytest.raises(Unchosen, match="--image-ref"):
        choose("image.tar", [one, two])
    assert choose("image.tar", [one, two], ref="two") is two
    with pytest.raises(Unchosen, match="no image for --image-ref"):
        choose("image.tar", [AMD, PROOF], ref=PROOF.digests[0])
    with pytest.raises(Unchosen, match="--image-platform 'unknown/unknown'"):
        choose("image.tar", [AMD, PROOF], platform="unknown/unknown")


def test_an_index_is_chosen_by_its_digest_and_then_its_platform() -> None:
    other = image("other", "linux/arm64")
    above = digest(b"index")
    assert choose("image.tar", [AMD, ARM, other], platform="linux/arm64", ref=above) is ARM


def test_what_is_not_there_is_no_choice_and_the_rest_is_listed() -> None:
    for asked in ({"platform": "linux/s390x"}, {"ref": "none"}, {"platform": "linux/arm64", "ref": AMD.digests[0]}):
        with pytest.raises(Unchosen, match="it holds:\n  sha256:"):
            choose("image.tar", [AMD, ARM], **asked)


def test_an_archive_without_an_image_is_an_error_and_no_wrong_use() -> None:
    for candidates in ([], [PROOF]):
        with pytest.raises(SourceError) as error:
            choose("image.tar", candidates)
        assert not isinstance(error.value, Unchosen)


def test_names_cannot_speak_to_a_terminal_nor_fill_it() -> None:
    hostile = [image(f"{number}\x1b[2J\n::error::" + "x" * 5_000, "linux/\x1b]0;x") for number in range(50)]
    with pytest.raises(Unchosen) as error:
        choose("image.tar", hostile)
    text = str(error.value)
    assert "\x1b" not in text
    assert "\n::" not in text
    assert text.endswith("\n  … 30")
    assert len(text) < 10_000
