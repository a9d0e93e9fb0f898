"""Which file system lies on a layer, of those that are read in place: ext, XFS, btrfs, SquashFS, NTFS, FAT."""

from rempart_agent.images.btrfs import Btrfs
from rempart_agent.images.btrfs_super import is_btrfs
from rempart_agent.images.ext import Ext
from rempart_agent.images.ext_super import is_ext
from rempart_agent.images.fat import Fat, is_fat
from rempart_agent.images.filesystem import FileSystem
from rempart_agent.images.layer import Layer
from rempart_agent.images.ntfs import Ntfs, is_ntfs
from rempart_agent.images.squashfs import Squashfs
from rempart_agent.images.squashfs_super import is_squashfs
from rempart_agent.images.xfs import Xfs, is_xfs

_KINDS = ((is_xfs, Xfs), (is_ext, Ext), (is_btrfs, Btrfs), (is_squashfs, Squashfs), (is_ntfs, Ntfs), (is_fat, Fat))


def open_native(layer: Layer) -> FileSystem | None:
    """Return the file system on a layer; None where it is of no kind that is read in place.

    Raises:
        SourceError: there is one, and it can't be read whole.
    """
    for is_one, kind in _KINDS:
        if is_one(layer):
            return kind(layer)
    return None
