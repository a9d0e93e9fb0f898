"""What answers SQL about a target, one module each."""
