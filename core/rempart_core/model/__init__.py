"""What the field consists of: check, selection, profile, waiver, result, verdict, history; no input, no output."""
