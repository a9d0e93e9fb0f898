"""``rempart server``: machines report by themselves through two doors into one store, and a browser reads it."""
