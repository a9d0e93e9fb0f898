"""``rempart schedule``: the nightly audit as a systemd timer and service, or as a line for cron."""
