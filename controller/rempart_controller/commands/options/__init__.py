"""Groups of options that several subcommands share."""
