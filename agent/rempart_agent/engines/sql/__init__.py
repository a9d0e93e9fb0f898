"""SQLite over tables: dialect, functions, clock, virtual tables, schema, rows of cases."""
