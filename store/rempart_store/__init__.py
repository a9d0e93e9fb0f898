"""The store: what changed on which endpoint, when. Design section 7.

State intervals and one row a visit, through SQLAlchemy Core: size grows with change, not with time. SQLAlchemy and
Alembic are imported in this package only, and none of their exceptions leaves it. :class:`database.Store` is the door;
it and what it answers (:mod:`value`) are all that other packages use.
"""
