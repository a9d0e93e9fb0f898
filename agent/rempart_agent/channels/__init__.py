"""Bytes to and from another process, with deadlines; who may have put a file where it lies."""
