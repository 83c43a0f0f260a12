"""Alerts: raised by rules, told to hospitals, answered by people."""
