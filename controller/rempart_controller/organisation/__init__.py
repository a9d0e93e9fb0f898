"""The organisation as a target of an audit: what machines and incidents showed, and its place among the others."""
