"""The commands ``rempart server ACTION``."""
