"""What a statement names: never a file of which a part was not looked at."""

from __future__ import annotations

import pytest

from rempart_controller.attestation.subject import list_subjects
from rempart_core.model.result import ContainerIdentity
from rempart_core.signing.statement import Subject

FILE, MANIFEST, CONFIG = (f"sha256:{digit * 64}" for digit in "abc")


def test_each_disk_is_named_by_its_file() -> None:
    found = list_subjects(["out/root.vmdk", "data.vmdk"], {"out/root.vmdk": FILE, "data.vmdk": CONFIG}, {})
    assert found == [Subject("root.vmdk", FILE), Subject("data.vmdk", CONFIG)]


def test_two_disks_of_one_name_are_told_apart() -> None:
    found = list_subjects(["a/disk", "b/disk"], {"a/disk": FILE, "b/disk": CONFIG}, {})
    assert [one.name for one in found] == ["a/disk", "b/disk"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (ContainerIdentity(MANIFEST, CONFIG, only=True), [FILE, MANIFEST]),
        (ContainerIdentity(MANIFEST, CONFIG, only=False), [MANIFEST]),
        (ContainerIdentity("", CONFIG, only=True), [FILE, CONFIG]),
        (ContainerIdentity("", CONFIG, only=False), [CONFIG]),
    ],
)
def test_an_archive_is_named_only_where_it_holds_one_image(inner: ContainerIdentity, expected: list[str]) -> None:
    found = list_subjects(["app.tar"], {"app.tar": FILE}, {"app.tar": inner})
    assert [one.digest for one in found] == expected
    assert len({one.name for one in found}) == len(found)


def test_a_layout_is_named_by_its_manifest() -> None:
    found = list_subjects(["out/app/"], {}, {"out/app/": ContainerIdentity(MANIFEST, CONFIG, only=True)})
    assert found == [Subject("app manifest", MANIFEST)]


def test_a_name_that_speaks_to_a_terminal_is_silenced() -> None:
    found = list_subjects(["\x1b[31mred\udcff"], {"\x1b[31mred\udcff": FILE}, {})
    assert found[0].name.encode()
    assert "\x1b" not in found[0].name
