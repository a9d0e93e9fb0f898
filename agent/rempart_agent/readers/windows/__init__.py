"""What tables of Windows read of a machine's registry and files."""
