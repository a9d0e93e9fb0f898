"""The second door: signed documents that installed agents push."""
