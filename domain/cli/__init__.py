"""The verbs of `python -m domain`, a file each. Exit codes: 0 done, 1 found something, 2 wrong usage."""
