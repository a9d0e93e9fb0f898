r"""Options of mounts: pure functions of fstab(5), of the kernel's table of mounts, and of lists of options.

Fields are parted by blanks; ``\040`` and its kin are characters; a comma between double quotes parts none. Of options
that contradict each other the last counts (mount(8)).
"""

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

PROTECTING = ("nodev", "nosuid", "noexec")
SORTS = ("local", "remote", "removable")
_AGAINST = {"nodev": "dev", "nosuid": "suid", "noexec": "exec"}
_LINE = re.compile(r"([ \t]*)(\S+)([ \t]+)(\S+)([ \t]+)(\S+)(?:([ \t]+)(\S+))?(.*)\Z", re.DOTALL)
_REMOTE = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "fuse.ceph", "fuse.glusterfs", "glusterfs", "fuse.sshfs"),
        *("sshfs", "davfs", "afs", "9p", "lustre", "gfs2", "ocfs2", "pvfs2", "beegfs"),
    )
)
_PROGRAMS = frozenset(
    (
        *(
            "s3fs",
            "goofys",
            "mountpoint-s3",
            "gcsfuse",
            "rclone",
            "rclonefs",
            "blobfuse",
            "blobfuse2",
            "ossfs",
            "cosfs",
        ),
        *("juicefs", "mfs", "seaweedfs", "curlftpfs", "sshfs", "davfs", "glusterfs", "ceph", "cephfs", "ceph-fuse"),
        *("smbnetfs", "httpdirfs", "lizardfs", "orangefs"),
    )
)
"""Programs of FUSE that show what lies elsewhere, as MNT-03 knows them."""
_NOT_LOCAL = frozenset(("swap", "nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "gfs2", "ocfs2"))


class Mount(NamedTuple):
    """What is mounted, or is to be.

    Attributes:
        point: Where.
        device: What.
        type: Of the file system; of fstab it may be a list.
        options: Those of this mount alone, parted by commas.
        live: Whether it is mounted now; else fstab says it.
        number: Device number as the kernel writes it (``8:1``); ``""`` of fstab.
        part: Which folder of its file system it shows; ``""`` of fstab.
        id: The kernel's number of it; ``""`` of fstab.
        parent: That of the one it lies on; ``""`` of fstab.
    """

    point: str
    device: str
    type: str
    options: str
    live: bool = False
    number: str = ""
    part: str = ""
    id: str = ""
    parent: str = ""


def unescape(field: str) -> str:
    """Return a field as the characters that it stands for."""
    data = field.encode("utf-8", "surrogateescape")
    named = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8) & 0xFF]), data)
    return named.decode("utf-8", "surrogateescape")


def escape(path: str) -> str:
    """Return a path as a field."""
    return re.sub(r"[\s\\]", lambda found: f"\\{ord(found[0]):03o}", path)


def simplify(path: str) -> str:
    """Return an absolute path without doubled and trailing slashes."""
    return "/" + "/".join(part for part in path.split("/") if part not in ("", "."))


def read_live(text: str) -> List[Mount]:
    """Return what a table of mounts (proc(5), mountinfo) holds, but what automounters wait at."""
    found = []
    for line in text.splitlines():
        fields = line.split(" ")
        if "-" not in fields[6:-2]:
            continue
        kind, device = fields[fields.index("-", 6) + 1 :][:2]
        if kind != "autofs" and fields[4].startswith("/"):
            where = (fields[2], unescape(fields[3]), fields[0], fields[1])
            found.append(Mount(unescape(fields[4]), unescape(device), kind, fields[5], True, *where))
    return found


def read_fstab(lines: Sequence[str]) -> List[Mount]:
    """Return what fstab names, swap left out."""
    found = []
    for line in lines:
        fields = _split(line)
        if fields and fields[6] != "swap" and fields[4].startswith("/"):
            path = simplify(unescape(fields[4]))
            found.append(Mount(path, unescape(fields[2]), unescape(fields[6]), fields[8] or ""))
    return found


def _split(line: str) -> List[str]:
    """Return the blanks and fields of a line by the numbers of their groups; ``[]`` where it is none."""
    found = _LINE.match(line)
    if not found or found[2].startswith("#"):
        return []
    return ["", *(part or "" for part in found.groups())]


def find_missing(options: str, wanted: Sequence[str]) -> List[str]:
    """Return those of the wanted options that a list does not set by a word of their own."""
    words = [word for word in re.findall('(?:[^,"]|"[^"]*"?)+', options) if word]
    last: Dict[str, str] = {}
    for word in words:
        for one in wanted:
            if word.partition("=")[0] in (one, _AGAINST[one]):
                last[one] = word
    return [one for one in wanted if last.get(one) != one]


def add(options: str, wanted: Sequence[str]) -> str:
    """Return a list with the wanted options in force: those that were missing at its end, and nothing against them."""
    missing = find_missing(options, wanted)
    if not missing:
        return options
    against = {*missing, *(_AGAINST[one] for one in missing)}
    words = [word for word in re.findall('(?:[^,"]|"[^"]*"?)+', options) if word]
    return ",".join([word for word in words if word.partition("=")[0] not in against] + missing)


def edit(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines of fstab with the options of some mounts; all else of them stays as it is written.

    Args:
        lines: Each with its end.
        spec: ``{points: paths as fstab writes them, options, line}``: ``line`` is put at the end where none is there.
    """
    out, found = [], False
    for line in lines:
        fields = _split(line.rstrip("\r\n"))
        if not fields or fields[6] == "swap" or simplify(unescape(fields[4])) not in spec["points"]:
            out.append(line)
            continue
        found = True
        options = add(fields[8], spec["options"])
        if options == fields[8]:
            out.append(line)
        else:
            end = line[len(line.rstrip("\r\n")) :]
            out.append("".join([*fields[1:7], fields[7] or " ", options, fields[9]]) + end)
    if not found and spec.get("line"):
        if out and not out[-1].endswith("\n"):
            out[-1] += "\n"
        out.append(spec["line"] + "\n")
    return out


def find_sorts(mount: Mount) -> List[str]:
    """Return which of :data:`SORTS` a mount is, as MNT-02 and MNT-03 ask.

    A disc is removable, and local too; a disk that comes by the network (``_netdev``) is remote, and local too.
    """
    kinds, device, point = mount.type.lower().split(","), mount.device, mount.point
    removable = re.match(r"/dev/((cdrom|dvd|scd0|floppy)\Z|(sr|fd)\d)", device) or (
        not mount.live
        and (
            {"iso9660", "udf"} & {*kinds}
            or device.startswith("/dev/disk/by-id/usb-")
            or point.startswith(("/media/", "/run/media/"))
        )
    )
    disk = device.startswith("/dev/") or (not mount.live and re.search("(?i)(UUID|LABEL)=", device))
    apart = point == "/" or (point + "/").startswith(("/boot/", "/efi/")) or {*kinds} & _NOT_LOCAL
    other = ["remote"] if _is_remote(mount) else ["removable"] if removable else []
    return (["local"] if disk and not apart else []) + other


def _is_remote(mount: Mount) -> bool:
    kinds, device = mount.type.lower().split(","), mount.device
    if {*kinds} & _REMOTE or re.match(r"[^/].*:/|//.*/", device) or "_netdev" in mount.options.split(","):
        return True
    named = {device.lower().partition("#")[0], *(one[5:] for one in kinds if one.startswith("fuse."))}
    return any(one.startswith("fuse") for one in kinds) and bool(named & _PROGRAMS)
