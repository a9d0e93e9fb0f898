"""What the server keeps: functions that take a connection of ``Store.reading`` or ``Store.writing``."""
