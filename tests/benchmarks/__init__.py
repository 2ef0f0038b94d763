"""Speed as figures: ours against a reference in one run, as a ratio. `make bench` prints them."""
