"""Container images: archives and layouts of OCI, archives of Docker; their layers become one file system; Python 3.11.

A file each: what is opened beforehand (``held``), the archive's members (``archive``), its documents (``document``,
``manifest``, ``choice``), layers unpacked and verified (``unpacking``), tar (``tar``, ``pax``, ``sparse``), the merged
tree (``nodes``, ``merging``), and what the rest of Rempart sees of all that (``container``).
"""
