"""`python -m domain …`: the verbs that are typed at a terminal."""

import sys

from domain.cli.main import main

sys.exit(main(sys.argv[1:]))
