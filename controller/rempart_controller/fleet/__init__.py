"""Many hosts: worker, pool, verdict cache, replies, joining, resume."""
