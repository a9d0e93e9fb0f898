"""Images that are attested: the bytes that a statement names, and the file that it is written to."""
