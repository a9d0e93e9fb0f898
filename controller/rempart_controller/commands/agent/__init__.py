"""One module an action of ``rempart agent``."""
