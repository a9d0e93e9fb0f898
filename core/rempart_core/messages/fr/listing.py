"""What stands for the rest of a list."""

TEXTS = {
    "listing.folded": "{count} de plus dans la page",
    "listing.hosts": "{count} machines – {names}, {more} de plus",
    "listing.more": "{count} de plus",
    "listing.names": "{names}, {more} de plus",
}
