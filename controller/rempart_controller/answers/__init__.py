"""What workers say of hosts, as runs."""
