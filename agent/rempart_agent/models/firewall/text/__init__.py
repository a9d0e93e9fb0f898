"""Rule files as the model of the firewall takes them: of nft, iptables-restore, ufw (made of the latter), firewalld.

Only what is common is understood. A rule with anything else becomes one that may do anything, so that what a file
refuses is known only where such a rule does not matter.
"""
