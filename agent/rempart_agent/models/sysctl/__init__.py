"""Model of kernel settings after a start: what systemd-sysctl writes, and what the kernel makes of each write.

Held against the real systemd-sysctl in network namespaces. Sources: sysctl.c and sysctl-util.c of systemd 257;
kernel/sysctl.c, net/ipv4/devinet.c and net/ipv6/addrconf.c of Linux 6.12.
"""
