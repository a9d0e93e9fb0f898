"""What a machine may start, and what new entries get."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.grub_files import DEBIAN, GRUBENV, RHEL, STUB

from rempart_agent.readers.files import boot_entries
from rempart_agent.source.contract import Malformed, Missing

RootOf = Callable[[Mapping[str, str | bytes]], Any]
# loader/entries of RHEL 9 and, with $kernelopts, of RHEL 8 (20-grub.install)
ENTRY = (
    "title Red Hat Enterprise Linux (5.14.0) 9.6\nlinux /vmlinuz-5.14.0\ninitrd /initramfs-5.14.0.img $tuned_initrd\n"
)


def _shown(target: Any) -> list[tuple[str, str, str]]:
    return [(one.kind, " ".join(word.text for word in one.arguments), one.why) for one in boot_entries.read(target)]


def test_debian_with_its_defaults(root_of: RootOf) -> None:
    defaults = "GRUB_DISTRIBUTOR=`( . /etc/os-release && echo ${NAME} )`\n"
    defaults += 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="audit=1"\n'
    more = 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=512M"\n'
    target = root_of(
        {
            "/boot/grub/grub.cfg": DEBIAN,
            "/boot/efi/EFI/debian/grub.cfg": STUB,
            "/etc/default/grub": defaults,
            "/etc/default/grub.d/kdump-tools.cfg": more,
        }
    )
    found = _shown(target)
    assert [kind for kind, _, _ in found] == ["grub", "grub", "grub", "default", "default"]
    assert found[-2:] == [("default", "audit=1 quiet crashkernel=512M", ""), ("default", "audit=1", "")]


def test_no_recovery_has_no_entries_to_come(root_of: RootOf) -> None:
    target = root_of({"/boot/grub/grub.cfg": DEBIAN, "/etc/default/grub": "GRUB_DISABLE_RECOVERY=true\n"})
    assert [found for found in _shown(target) if found[0] == "default"] == [("default", "", "")]


@pytest.mark.parametrize(
    "line", ['eval "$X"', "GRUB_CMDLINE_LINUX=$(cat /x)", "[ -e /x ] && GRUB_CMDLINE_LINUX=audit=1", "if ("]
)
def test_defaults_that_can_not_be_told(root_of: RootOf, line: str) -> None:
    target = root_of(
        {"/boot/grub/grub.cfg": DEBIAN, "/etc/default/grub": f'GRUB_CMDLINE_LINUX="ro"\n{line}\n', "/x": ""}
    )
    known = [(text, why) for kind, text, why in _shown(target) if kind == "default"]
    assert all(why or text == "audit=1" for text, why in known), known


def test_entries_of_the_specification(root_of: RootOf) -> None:
    target = root_of(
        {
            "/boot/grub2/grub.cfg": RHEL,
            "/boot/grub2/grubenv": GRUBENV,
            "/boot/loader/entries/a-5.14.0.conf": ENTRY
            + "options root=/dev/mapper/rhel-root ro audit=1 $tuned_params\n",
            "/boot/loader/entries/b-4.18.0.conf": ENTRY + "options $kernelopts\n",
            "/boot/loader/entries/c.conf": ENTRY,
        }
    )
    found = [(text, bool(why)) for kind, text, why in _shown(target) if kind == "bls"]
    assert found == [
        ("root=/dev/mapper/rhel-root ro audit=1", False),
        ("root=/dev/mapper/rhel-root ro audit=1 audit_backlog_limit=8192", False),
        ("", True),
    ]


def test_blscfg_without_entries_is_not_known(root_of: RootOf) -> None:
    assert [bool(why) for kind, _, why in _shown(root_of({"/boot/grub2/grub.cfg": RHEL})) if kind == "bls"] == [True]


def test_what_runs_counts(machine_of: RootOf) -> None:
    target = machine_of({"/boot/grub/grub.cfg": DEBIAN, "/proc/cmdline": "BOOT_IMAGE=/vmlinuz ro\n"})
    assert _shown(target)[-1] == ("running", "BOOT_IMAGE=/vmlinuz ro", "")


@pytest.mark.parametrize("path", ["/boot/efi/EFI/Linux/debian.efi", "/boot/extlinux/extlinux.conf"])
def test_what_is_not_read_is_told(root_of: RootOf, path: str) -> None:
    assert any(why for _, _, why in _shown(root_of({"/boot/grub/grub.cfg": DEBIAN, path: ""})))


def test_entries_beside_the_generated_ones_count(root_of: RootOf) -> None:
    custom = "menuentry 'mine' {\nlinux /vmlinuz ro\n}\n"
    assert ("grub", "ro", "") in _shown(root_of({"/boot/grub/grub.cfg": DEBIAN, "/boot/grub/custom.cfg": custom}))


def test_a_machine_without_a_loader_has_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        boot_entries.read(root_of({"/boot/vmlinuz": ""}))
    with pytest.raises(Missing):
        boot_entries.read(root_of({"/boot/efi/EFI/debian/grub.cfg": STUB}))  # the menu lies on what is not mounted


def test_a_cut_is_refused_with_its_file(root_of: RootOf) -> None:
    with pytest.raises(Malformed, match=r"^/boot/grub/grub\.cfg: "):
        boot_entries.read(root_of({"/boot/grub/grub.cfg": DEBIAN[:3000]}))


def test_a_script_whose_section_is_gone_is_told(root_of: RootOf) -> None:
    target = root_of(
        {"/boot/grub/grub.cfg": DEBIAN, "/etc/grub.d/42_own": "", "/etc/grub.d/README": "", "/etc/grub.d/43~": ""}
    )
    for name in ("42_own", "43~"):
        os.chmod(Path(target.root) / "etc/grub.d" / name, 0o755)
    with pytest.raises(Malformed, match="42_own"):
        boot_entries.read(target)


@given(st.text())
def test_any_environment_is_read(text: str) -> None:
    boot_entries.read_environment(text)
    assert not boot_entries.read_environment("x" + text)
