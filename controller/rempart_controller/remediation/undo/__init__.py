"""A kept change taken back."""
