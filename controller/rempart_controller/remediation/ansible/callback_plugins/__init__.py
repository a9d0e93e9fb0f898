"""Plugins of Ansible; it loads them in its own process."""
