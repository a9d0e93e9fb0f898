"""Running playbooks: access, extra variables, events, export."""
