"""Installed agents: who is known, where their documents come from, which of these are believed, what is made of them.

``contract`` says where documents come from; ``endpoint_spool`` is the one way there is, over a transport. ``known``
remembers keys, ``inspection`` judges documents, ``collect`` does a host's collection in a worker process,
``wheelhouse`` builds what ``rempart agent`` installs.
"""
