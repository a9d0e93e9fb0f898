"""One module an action of ``rempart incident``."""
