"""Pages: host, fleet, check, finding."""
