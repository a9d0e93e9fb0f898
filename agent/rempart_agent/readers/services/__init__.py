"""Readers of what services of the machine tell over a socket of their own."""
