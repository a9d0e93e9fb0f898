"""Run documents signed, and chained by hash.

Keys and signatures are those of :mod:`rempart_core.signing.key`.
"""
