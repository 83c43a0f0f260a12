"""Statistics by member and month: what became of the recordings that began in it."""
