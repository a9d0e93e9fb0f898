"""How runs are saved."""
