"""Foreign formats, bytes to values, no file opened; travels."""
