"""The audit: whether its chain is whole, and who looked at a mother's data."""
