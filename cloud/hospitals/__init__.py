"""Hospitals: how they stand, which fits a mother, and which she agrees to."""
