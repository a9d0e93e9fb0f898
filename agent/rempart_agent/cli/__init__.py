"""Parser, exit, options of an audit, tables on a terminal."""
