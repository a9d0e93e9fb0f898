"""The store: what changed on which endpoint, when.

State intervals and one row a visit, through SQLAlchemy Core: size grows with change, not with time. SQLAlchemy and
Alembic are imported in this package only, and none of their exceptions leaves it. :class:`rempart_store.store.Store`
is the door; it, and what it answers (:mod:`rempart_core.model.history`), are all that other packages use.
"""
