"""A change of an endpoint as a transaction: saved before, undone on demand, and undone by itself if nobody confirms.

It travels to endpoints: Python 3.8, standard library only. The module ``rempart_change`` of this role calls it; the
timer that reverts an unconfirmed change runs a copy of it. All that is kept lies below ``place.BASE``, of root alone:
``lock``, and for each change ``changes/ID/`` with ``manifest.json``, ``data/N``, ``state`` and ``program/``.
"""
