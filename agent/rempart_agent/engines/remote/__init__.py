"""Answers from a collector on an endpoint; what travels there."""
