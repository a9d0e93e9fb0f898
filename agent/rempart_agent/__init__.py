"""Asks a target: engines, tables, target access, the run."""
