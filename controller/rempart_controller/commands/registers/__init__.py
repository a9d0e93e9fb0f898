"""The actions of ``rempart registers``."""
