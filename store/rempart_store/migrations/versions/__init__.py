"""One module a version of the store; each says which one came before it."""
