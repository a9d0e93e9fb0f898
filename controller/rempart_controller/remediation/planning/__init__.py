"""From findings to a plan: preconditions, last results."""
