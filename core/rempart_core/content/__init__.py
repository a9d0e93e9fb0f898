"""YAML files to model, every mistake with file, line and column."""
