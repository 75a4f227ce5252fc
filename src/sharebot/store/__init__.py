"""All SQL: functions that take a session; every status change is guarded by the old status."""
