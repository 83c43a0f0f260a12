"""Learned parts: small models whose weights are data of the package (cards: docs/models/)."""
