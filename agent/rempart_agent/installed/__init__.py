"""The installed agent: audits its machine by a timer, signs what it found, and keeps it until a controller has it.

``settings`` is its file, ``envelope`` the signed document, ``spool`` where documents wait, ``delivery`` the
conversation in which a controller takes them, ``command`` what ``rempart-agent`` makes of all that.
"""
