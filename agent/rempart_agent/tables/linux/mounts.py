"""Table mounts: what is mounted where.

Source: ``/proc/mounts`` (proc_pid_mounts(5)); ``device_alias`` is the device with its links resolved. The sizes
(statvfs(3)) are read only when asked for, and those of a filesystem behind the network within a deadline: a server that
is out of reach leaves its own row without sizes and does not hold up the others.
"""

import os
from typing import Any, Dict, Iterator, List

from rempart_agent.readers.files import mount_table
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row, SourceError, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
_SIZES = ("blocks_size", "blocks", "blocks_free", "blocks_available", "inodes", "inodes_free")
COLUMNS = (
    Column("device", TEXT),
    Column("device_alias", TEXT),
    Column("path", TEXT),
    Column("type", TEXT),
    *(Column(name, BIGINT, costly=True) for name in _SIZES),
    Column("flags", TEXT),
)
_LOCAL = frozenset(
    (
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "nilfs2", "bcachefs", "reiserfs", "zfs", "overlay"),
        *("vfat", "exfat", "ntfs3", "hfsplus", "iso9660", "udf", "squashfs", "erofs", "tmpfs", "ramfs", "devtmpfs"),
        *("proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "hugetlbfs", "debugfs", "tracefs", "securityfs"),
        *("selinuxfs", "configfs", "pstore", "bpf", "efivarfs", "fusectl", "binfmt_misc", "rpc_pipefs", "nsfs"),
    )
)
_DEADLINE = 1.0


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each mount."""
    target.need_live("mounts")
    found = list(mount_table.read(target))
    sizes: Dict[str, Any] = {}
    if query.columns.intersection(_SIZES):
        wanted = {mount.path: mount.type for mount in found}
        sizes = target.ask("statvfs", lambda: measure(wanted))
    alias: Dict[str, str] = {}
    for mount in found:
        if mount.device not in alias:
            alias[mount.device] = _resolve(target, mount)
        row: Dict[str, Value] = {
            "device": mount.device,
            "device_alias": alias[mount.device],
            "path": mount.path,
            "type": mount.type,
            "flags": mount.flags,
        }
        row.update(zip(_SIZES, sizes.get(mount.path) or ()))
        yield row


def _resolve(target: Target, mount: mount_table.Mount) -> str:
    if not mount.device.startswith("/dev/"):  # "proc", "server:/export": a name, and not one to wait for
        return mount.device
    try:
        if mount.device == "/dev/root" and not target.exists("/dev/root"):  # what the kernel mounts without an initrd
            number = target.stat(mount.path).st_dev
            node = "/sys/dev/block/{}:{}".format(os.major(number), os.minor(number))
            return "/dev/" + target.realpath(node).rsplit("/", 1)[1].replace("!", "/")
        return target.realpath(mount.device)
    except SourceError:
        return mount.device


def measure(wanted: Dict[str, str]) -> Dict[str, List[int]]:
    """Return the sizes of mounted filesystems, mount point to numbers in the order of the columns.

    Args:
        wanted: Mount point to filesystem type.
    """
    sizes: Dict[str, List[int]] = {}
    slow = []
    for path, kind in wanted.items():
        if kind == "autofs":  # looking at it would mount it
            sizes[path] = [0] * len(_SIZES)
        elif kind in _LOCAL:
            _measure_one(path, sizes)
        else:
            slow.append(path)
    if slow:
        import threading
        import time

        threads = [threading.Thread(target=_measure_one, args=(path, sizes), daemon=True) for path in slow]
        for thread in threads:
            thread.start()
        end = time.monotonic() + _DEADLINE
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
    return dict(sizes)


def _measure_one(path: str, sizes: Dict[str, List[int]]) -> None:
    try:
        st = os.statvfs(path)
    except OSError:
        return
    sizes[path] = [st.f_bsize, st.f_blocks, st.f_bfree, st.f_bavail, st.f_files, st.f_ffree]
