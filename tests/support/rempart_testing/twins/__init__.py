"""Two hosts that are alike: one gets our acts and those of others, its twin those of others alone."""
