"""What a disk of Windows holds: its registry, and who may use it."""
