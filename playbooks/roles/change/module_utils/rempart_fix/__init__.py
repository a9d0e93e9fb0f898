"""A change of an endpoint as a list of its own acts: recorded before and after each, undone one by one.

It travels to endpoints: Python 3.8, standard library only, no import of ours but itself. The module ``rempart_fix`` of
this role calls it; the timer that undoes an unconfirmed change runs a copy of it, ``program.pyz``. What a change keeps
lies below ``place.BASE``, of root alone: for each change ``changes/ID/`` with ``acts.jsonl`` (the journal), ``kept/``
(contents by SHA-256), ``aside/`` (what others wrote and would else be lost).

``contract`` has the words that all share, ``acts/KIND`` what can be done and undone, ``resolve`` the specs that lead
to several acts. No command and no path of a program comes from a journal: the code of a kind decides what runs.
"""
