"""Faults put into a whole Lucina of real processes, and the ledger of what they cost."""
