"""What a configuration of GRUB comes to."""

from __future__ import annotations

import pytest
from rempart_testing.grub_files import DEBIAN, RHEL, STUB

from rempart_agent.models.grub import menu
from rempart_agent.models.grub.menu import Argument
from rempart_agent.models.grub.script import Refused


def _entry(text: str, **environment: str) -> tuple[list[tuple[str, bool]], str]:
    (entry,) = menu.read(text, environment).entries
    return [(argument.text, argument.sure) for argument in entry.arguments], entry.why


def test_the_entries_of_debian() -> None:
    found = menu.read(DEBIAN, {})
    assert [entry.title.rpartition(" > ")[2] for entry in found.entries] == [
        "Debian GNU/Linux",
        "Debian GNU/Linux, with Linux 6.12.57+deb13-amd64",
        "Debian GNU/Linux, with Linux 6.12.57+deb13-amd64 (recovery mode)",
    ]
    assert {entry.kernel for entry in found.entries} == {"/boot/vmlinuz-6.12.57+deb13-amd64"}
    recovery = [argument.text for argument in found.entries[2].arguments]
    assert recovery == ["root=/dev/sda1", "ro", "single", "dis_ucode_ldr", "audit=1", "audit_backlog_limit=8192"]
    assert (found.strange, found.loads, found.stub) == ((), False, False)


def test_a_stub_leads_elsewhere_and_rhel_loads_entries() -> None:
    assert menu.read(STUB, {}).stub
    assert menu.read(RHEL, {}).loads


def test_every_cut_of_a_generated_file_is_refused() -> None:
    scripts = [f"/etc/grub.d/{name}" for name in ("00_header", "10_linux", "41_custom")]
    menu.read(DEBIAN, {}, scripts)
    lines = DEBIAN.splitlines(keepends=True)
    head = next(at for at, line in enumerate(lines) if line.startswith("### BEGIN")) + 1
    for end in range(head, len(lines)):
        with pytest.raises(Refused):
            menu.read("".join(lines[:end]), {}, scripts)
    with pytest.raises(Refused):
        menu.read(DEBIAN[:-1], {})


def test_variables_are_put_in() -> None:
    text = "set a='x=1 y'\nmenuentry e {\nlinux /k $a \"$a\" ${b}z $none\n}\nb=w\n"
    assert _entry(text) == ([("x=1", True), ("y", True), ("x=1 y", True), ("wz", True)], "")


def test_what_a_condition_sets_is_not_sure() -> None:
    text = "if [ $n = 1 ]; then\nset a='audit=1'\nfi\nmenuentry e {\nlinux /k ro $a\n}\n"
    assert _entry(text) == ([("ro", True), ("audit=1", False)], "")


def test_the_environment_is_stronger_than_what_stands_in_for_it() -> None:
    text = 'if [ -z "${kernelopts}" ]; then\nset kernelopts="audit=1"\nfi\nmenuentry e {\nlinux /k $kernelopts\n}\n'
    assert _entry(text) == ([("audit=1", True)], "")
    assert _entry(text, kernelopts="ro quiet") == ([("ro", True), ("quiet", True)], "")


def test_a_kernel_under_a_condition_is_not_known() -> None:
    text = "menuentry e {\nif [ $a ]; then\nlinux /k audit=1\nfi\n}\n"
    assert _entry(text)[1]
    assert menu.read("function f {\nlinux /k audit=1\n}\n", {}).entries[0].why
    outside = "if [ $grub_platform = efi ]; then\nmenuentry e {\nlinux /k audit=1\n}\nfi\n"
    assert not _entry(outside)[1]


def test_a_kernel_that_xen_loads() -> None:
    # 20_linux_xen of GRUB 2.12
    text = "menuentry x {\nmultiboot2 /xen.gz placeholder\nmodule2 /vmlinuz-6.12 placeholder root=/dev/sda1 ro\n"
    text += "module2 --nounzip /initrd.img\n}\n"
    assert _entry(text) == ([("root=/dev/sda1", True), ("ro", True)], "")


@pytest.mark.parametrize("line", ["configfile /other.cfg", "source $prefix/themes/a.cfg", ". /x", 'eval "linux /k"'])
def test_what_is_read_from_elsewhere_is_told(line: str) -> None:
    assert menu.read(f"menuentry e {{\nlinux /k\n}}\n{line}\n", {}).strange


def test_expand_puts_in_what_entries_name() -> None:
    (command,) = menu.parse("x $kernelopts $tuned_params audit=1\n")
    assert menu.expand(command.words[1:], (), {"kernelopts": "ro quiet"}) == [
        Argument("ro", True),
        Argument("quiet", True),
        Argument("audit=1", True),
    ]
