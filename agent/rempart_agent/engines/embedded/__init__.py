"""Answers from this machine's tables."""
