"""Trust: run documents signed, and chained by hash. Design section 7.

Keys and signatures are those of :mod:`rempart_core.signing.key`.
"""
