"""Backups of a running service, and stores made again from them."""
