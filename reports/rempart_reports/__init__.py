"""Results in, a document out: one module a format."""
