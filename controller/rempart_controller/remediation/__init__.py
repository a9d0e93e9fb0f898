"""Fixing what an audit found: plan, apply in waves, measure again, keep or undo."""
