"""Waves applied, measured, kept or undone; interruption."""
