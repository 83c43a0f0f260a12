"""The contribution ledger: who measured, read, received, lent and answered, by month."""
