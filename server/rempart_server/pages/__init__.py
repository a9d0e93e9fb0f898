"""What a browser shows; it reads without a script."""
