"""Models: what a subsystem makes of its configuration, evaluated as the subsystem itself does.

A model is pure: text or named tuples in, named tuples out. It opens no file and runs nothing; tables read and ask it.
An answer is 1 (yes), 0 (no) or None with a reason: what a model does not understand is unknown. Models travel to
endpoints: standard library only, Python 3.8. ``tests/models`` holds each against the real program (``make models``).
"""
