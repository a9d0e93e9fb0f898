"""Checks that are made from other products' rules."""
