"""What the centre sees at a glance: where everybody is, and how the last hours went."""
