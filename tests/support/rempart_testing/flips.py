"""Settings that flip a row of a check, each made with the tool that an admin would use, and taken back by it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rempart_testing import yaml_text
from rempart_testing.grub_files import DEBIAN, HASH

_FILE = Path(__file__).resolve().parents[2] / "lab/flips.yml"
PACKAGES = ("aide", "auditd", "chrony", "cron", "libcap2-bin", "logrotate", "rsyslog", "ufw")
"""What the machine has beyond the smallest system."""
PREPARE = f"""
mkdir -p /boot/grub /usr/lib/modules/6.12.0-lab
cat > /boot/grub/grub.cfg <<'END'
{DEBIAN}
END
echo 'GRUB_CMDLINE_LINUX="audit=1 audit_backlog_limit=8192"' > /etc/default/grub
cat > /boot/config-6.12.0-lab <<'END'
#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.0 Kernel Configuration
#
CONFIG_X86=y
CONFIG_X86_64=y
# CONFIG_BUG is not set
# end of Kernel hacking
END
touch /boot/vmlinuz-6.12.0-lab
echo kernel/fs/cramfs/cramfs.ko: > /usr/lib/modules/6.12.0-lab/modules.dep
echo kernel/fs/ext4/ext4.ko > /usr/lib/modules/6.12.0-lab/modules.builtin
useradd -m -s /bin/bash pat
chmod 750 /home/pat
"""
"""What is there from the beginning: a person, and a boot loader and a kernel, which a machine of the lab lacks."""


class Flip(NamedTuple):
    """A setting, and the row that it flips.

    Attributes:
        check: The check.
        item: The row.
        turn: Shell commands that make the setting.
        back: Shell commands that take it back.
        seen: What the row says while it is made; ``gone`` where a row that passes is none of its own.
        good: Whether the row passes then; it fails before, or there is none.
        tree: Whether the disk is looked at as a root file system, since the lab's kernel is that of its host.
    """

    check: str
    item: str
    turn: str = ""
    back: str = ""
    seen: str = ""
    good: bool = False
    tree: bool = False


def read_flips(file: Path = _FILE) -> list[Flip]:
    """Return all settings."""
    return [
        Flip(**{key: value.replace("$HASH", HASH) if key == "turn" else value for key, value in one.items()})
        for one in yaml_text.load_file(file)
    ]
