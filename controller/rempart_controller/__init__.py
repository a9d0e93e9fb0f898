"""The command `rempart`, and later the fleet."""
