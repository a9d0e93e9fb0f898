"""Trust: run documents signed, and chained by hash. Design section 7.

``cryptography`` is imported in this package only, and none of its exceptions leaves it.
"""
