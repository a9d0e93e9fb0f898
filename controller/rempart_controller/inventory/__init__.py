"""Hosts of an Ansible inventory, their settings, filters over them."""
