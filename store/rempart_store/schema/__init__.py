"""Tables, numbers of states, fingerprints of results."""
