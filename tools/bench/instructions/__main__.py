"""`python -m tools.bench.instructions`."""

import sys

from tools.bench.instructions.cli import main

sys.exit(main())
