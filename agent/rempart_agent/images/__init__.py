"""Disks and container archives, read without root, mount or boot: layers, file systems, one tree; Python 3.11."""
