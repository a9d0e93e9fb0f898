"""Specs that lead to acts of several kinds (sshd, sudo, PAM): pure functions of what is read to what is declared."""
