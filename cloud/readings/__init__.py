"""The reading service: who reads which recording by when, and what was read."""
