"""What is done besides requests: one queue in the store, by this process or by several."""
