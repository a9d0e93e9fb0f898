"""Texts of the area system."""

TEXTS = {
    "system.denied": "permission denied",
    "system.exists": "file exists",
    "system.folder": "is a directory",
    "system.full": "no space left on device",
    "system.missing": "no such file or directory",
    "system.no_folder": "not a directory",
    "system.no_route": "no route to host",
    "system.read_only": "read-only file system",
    "system.refused": "connection refused",
    "system.timed_out": "connection timed out",
    "system.unreachable": "network is unreachable",
}
