"""Plan and change as they are signed, outcome of a fix, waves, windows."""
