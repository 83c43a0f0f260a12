"""Which hospital is asked first, which next, and why: a plan in words with numbers.

Pure but for cloud.routing.osrm, which asks a road server. docs/routing.md has the order of rules.
"""
