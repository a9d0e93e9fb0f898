"""systemd's units: what is loaded, how it is enabled, and when a timer comes, as systemd itself works it out.

``syntax`` reads a file, ``install`` tells how a unit is enabled (``systemctl is-enabled``), ``load`` puts a unit
together from its file and drop-ins, ``condition`` weighs its conditions, ``calendar`` and ``timer`` tell when a timer
comes next.
Read off the source of systemd 257 (src/shared, src/core), and held against systemctl and systemd-analyze.
"""
