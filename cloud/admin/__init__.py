"""What an administrator does: the first run, accounts, boxes. Each change is kept with who did it.

Passwords and tokens are made here, shown once on the page that answers, and kept as hashes only.
"""
