"""How a machine starts: its kernel, its boot loader, and what the kernel may load."""

from __future__ import annotations

from rempart_testing.grub_files import DEBIAN
from rempart_testing.machine import Machine
from rempart_testing.own_checks import own_checks
from rempart_testing.tree_services import MODULES

RELEASE = "6.12.57+deb13-amd64"
BLOCKED = "/etc/modprobe.d/block.conf"
CONFIGURATION = f"/boot/config-{RELEASE}"


def kernel_options() -> dict[str, str]:
    """Return the options that BOT-03 asks of a kernel for x86, each with a value that is right."""
    (check,) = (one for one in own_checks() if one.id == "BOT-03")
    rows = check.parameters["options"].default
    return {row[0]: row[1].removeprefix(">=") for row in rows if row[3] != "arm64"}


def write_configuration(options: dict[str, str]) -> str:
    """Write the configuration of a kernel as ``conf_write`` of scripts/kconfig/confdata.c does."""

    def line(option: str, value: str) -> str:
        if value == "n":
            return f"# {option} is not set\n"
        return f"{option}={value}\n" if len(value) == 1 or value.isdigit() else f'{option}="{value}"\n'

    head = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.57 Kernel Configuration\n#\n"
    return head + "".join(line(*pair) for pair in options.items()) + "# end of Kernel hacking\n"


def lay_boot(machine: Machine) -> None:
    """Lay out a kernel that is built and started as it should be, and that may not load what is not needed."""
    machine.file(f"/boot/vmlinuz-{RELEASE}", "kernel\n")
    machine.file(CONFIGURATION, write_configuration(kernel_options()))
    modules = (
        "kernel/drivers/usb/storage/usb-storage.ko.xz:\nkernel/fs/hfs/hfs.ko.xz: kernel/drivers/cdrom/cdrom.ko.xz\n"
    )
    machine.file(MODULES + "/modules.dep", modules)
    machine.file("/boot/grub/grub.cfg", DEBIAN, 0o600)
    machine.file(
        "/etc/default/grub",
        'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="audit=1 audit_backlog_limit=8192"\n',
    )
    machine.file(BLOCKED, "install hfs /bin/false\nblacklist hfs\n")


def spoil_boot(machine: Machine) -> None:
    """Build the kernel without a defence, and let it load what it has."""
    machine.remove(BLOCKED)
    machine.file("/boot/grub/grub.cfg", DEBIAN.replace(" audit=1", ""), 0o600)
    machine.file(CONFIGURATION, write_configuration({**kernel_options(), "CONFIG_STRICT_KERNEL_RWX": "n"}))
