"""What the readers of an endpoint say, English to French; see ``messages/readers``."""
