"""Services that are asked over their sockets: Docker and LXD."""
