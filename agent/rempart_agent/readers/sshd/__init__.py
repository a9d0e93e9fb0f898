"""Sshd."""
