"""Tables of Linux, one module each, named like the osquery table."""
