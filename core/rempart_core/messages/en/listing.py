"""What stands for the rest of a list."""

TEXTS = {
    "listing.folded": "{count} more in the page",
    "listing.hosts": "{count} hosts – {names}, {more} more",
    "listing.more": "{count} more",
    "listing.names": "{names}, {more} more",
}
