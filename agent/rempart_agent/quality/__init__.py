"""Lint of checks, their cases, comparison of engines."""
