"""Database access by aggregate: functions that take a connection and give frozen results."""
