"""One module an action of ``rempart checks``."""
