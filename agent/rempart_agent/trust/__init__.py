"""Trust: keys that sign, and what they sign. Of an endpoint its documents, of a controller its chain.

``cryptography`` is imported in :mod:`rempart_agent.trust.key` only, within functions: what signs nothing never pays for
it.
"""
