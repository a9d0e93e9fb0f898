"""The registry: name to module, imported on use."""
