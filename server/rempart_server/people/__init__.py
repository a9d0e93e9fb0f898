"""Who reads: accounts, sessions, tokens, roles, and the log of what they did."""
