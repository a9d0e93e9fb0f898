"""Names of platforms."""

from __future__ import annotations

import pytest

from rempart_agent.images.containers.document import Document
from rempart_agent.images.containers.platform import read_platform, same_platform


def test_a_platform_is_read_from_its_parts() -> None:
    assert (
        read_platform(Document({"os": "linux", "architecture": "arm", "variant": "v6"}, "platform")) == "linux/arm/v6"
    )
    assert read_platform(Document({}, "platform")) == ""


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("linux/arm", "linux/arm/v6"),
        ("Linux/AMD64", "linux/amd64"),
    ],
)
def test_a_platform_goes_by_several_names(wanted: str, found: str) -> None:
    assert same_platform(wanted, found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("linux/arm/v7", "linux/arm/v6"), ("linux/arm", "linux/arm64"), ("linux", "linux/amd64"), ("linux/amd64", "")],
)
def test_another_platform_is_another(wanted: str, found: str) -> None:
    assert not same_platform(wanted, found)
