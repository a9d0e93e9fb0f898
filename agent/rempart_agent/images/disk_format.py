"""Which format a disk image has, by its contents; what is packed, or of a format that is not read, has a name."""

from rempart_agent.images.layer import Layer
from rempart_agent.images.signature import read_part

QCOW2, VMDK, VHD, VHDX, VDI, RAW = "qcow2", "vmdk", "vhd", "vhdx", "vdi", "raw"

_READ = (
    (QCOW2, 0, b"QFI\xfb\0\0\0\x02"),
    (QCOW2, 0, b"QFI\xfb\0\0\0\x03"),
    (VMDK, 0, b"KDMV"),
    (VMDK, 0, b"# Disk DescriptorFile"),
    (VHDX, 0, b"vhdxfile"),
    (VDI, 0x40, b"\x7f\x10\xda\xbe"),
    (VHD, 0, b"conectix"),
    (VHD, -512, b"conectix"),
)
NOT_READ = (
    ("qcow of another version than 2 and 3", 0, b"QFI\xfb"),
    ("QED", 0, b"QED\0"),
    ("Parallels", 0, b"WithoutFreeSpace"),
    ("Parallels", 0, b"WithouFreSpacExt"),
    ("VMDK of ESX (COWD)", 0, b"COWD"),
    ("VMDK of ESX (SESPARSE)", 0, b"\xbe\xba\xfe\xca\0\0\0\0"),
    ("EWF", 0, b"EVF\x09\x0d\x0a\xff\0"),
    ("EWF", 0, b"EVF2\x0d\x0a\x81\0"),
    ("AFF", 0, b"AFF10\r\n\0"),
    ("Bochs", 0, b"Bochs Virtual HD Image"),
    ("WIM", 0, b"MSWIM\0\0\0"),
    ("Apple disk image", -512, b"koly\0\0\0\x04"),
    ("Apple sparse image", 0, b"sprs"),
    ("gzip", 0, b"\x1f\x8b\x08"),
    ("bzip2", 0, b"BZh"),
    ("xz", 0, b"\xfd7zXZ\0"),
    ("lz4", 0, b"\x04\x22\x4d\x18"),
    ("zstd", 0, b"\x28\xb5\x2f\xfd"),
    ("zip", 0, b"PK\x03\x04"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("RAR", 0, b"Rar!\x1a\x07"),
    ("tar", 257, b"ustar"),
    ("cpio", 0, b"07070"),
    ("Android sparse image", 0, b"\x3a\xff\x26\xed"),
)
"""Formats by name, where they begin, and with what: the first one that fits counts."""


def tell_format(file: Layer) -> str:
    """Return one of the constants above, or the name of a format that is not read."""
    for table in (_READ, NOT_READ):
        for name, offset, magic in table:
            if read_part(file, offset, len(magic)) == magic:
                return name
    return RAW
