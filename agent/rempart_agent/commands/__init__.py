"""One module a subcommand of rempart-agent."""
