"""How a machine starts: its kernel, its boot loader, and what the kernel may load."""

from __future__ import annotations

from rempart_testing.grub_files import DEBIAN, HASH
from rempart_testing.machine import Machine
from rempart_testing.own_checks import own_checks
from rempart_testing.tree_services import MODULES

RELEASE = "6.12.57+deb13-amd64"
BLOCKED = "/etc/modprobe.d/block.conf"
LIMITS = "/etc/security/limits.d/60-core.conf"
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
    machine.file("/boot/grub/custom.cfg", f'set superusers="boss"\npassword_pbkdf2 boss {HASH}\n', 0o600)
    for name in ("rescue", "emergency"):
        text = f"[Service]\nExecStart=-/usr/lib/systemd/systemd-sulogin-shell {name}\n"
        machine.file(f"/usr/lib/systemd/system/{name}.service", text)
    machine.link("/etc/systemd/system/debug-shell.service", "/dev/null")
    machine.file(LIMITS, "* hard core 0\n")
    status = (machine.root / "var/lib/dpkg/status").read_text()
    tools = "Package: apparmor-utils\nStatus: install ok installed\nArchitecture: all\nVersion: 4.1.0-1\n\n"
    machine.file("/var/lib/dpkg/status", status + tools, age=3)
    machine.file("/var/lib/dpkg/info/apparmor-utils.list", "/.\n", age=20)
    machine.file(BLOCKED, "install hfs /bin/false\nblacklist hfs\n")


def spoil_boot(machine: Machine) -> None:
    """Build the kernel without a defence, and let it load what it has."""
    machine.remove(BLOCKED)
    machine.remove(LIMITS)
    machine.file(
        "/usr/lib/systemd/system/bluetooth.service", "[Service]\nExecStart=/usr/libexec/bluetooth/bluetoothd\n"
    )
    machine.remove("/boot/grub/custom.cfg")
    machine.file("/boot/grub/grub.cfg", DEBIAN.replace(" audit=1", ""), 0o600)
    machine.file(CONFIGURATION, write_configuration({**kernel_options(), "CONFIG_STRICT_KERNEL_RWX": "n"}))
