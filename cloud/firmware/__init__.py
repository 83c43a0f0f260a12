"""New firmware for probes: brought by an administrator, offered, sent block by block."""
