"""Where new packets end: netfilter's hooks, the rules of nftables and the legacy tables of iptables.

A box of packets walks the base chains of each hook by priority, through jumps, gotos and returns (``walk``); a
condition that holds of a part of it splits it (``expression``, ``xt``, ``value``). What the sender or chance chooses
(source port, rate, options) goes both ways, and a way in counts. What is not known here goes both ways too, and leaves
an answer only where both lead to it. ``reach`` makes the rows of ``rempart_firewall_reach``.

Held against the kernel by ``make models MODEL=firewall``: real packets between two network namespaces.
"""
