"""Model of sshd: what its configuration files and its command line come to, evaluated as sshd itself does.

Held against ``sshd -T -C``. Sources: servconf.c, misc.c, match.c, addrmatch.c and sshd.c of OpenSSH 10.0 and 9.2. A
file that sshd refuses decides nothing: :class:`~rempart_agent.models.sshd.scalar.Refused` says why.
"""
