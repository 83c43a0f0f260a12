"""One file for each table of `lucina evaluate`: measure(plan) gives the tables."""
