"""Past one machine: a primary with two replicas, two app processes and nginx. `python -m tests.cluster` starts it to look at."""
