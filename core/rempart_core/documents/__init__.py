"""The run document: written canonically, every form of it read."""
