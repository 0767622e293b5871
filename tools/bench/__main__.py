"""`python -m tools.bench`."""

import signal
import sys

from tools.bench.cli import main

# Asked to end, it ends what it has started too.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
sys.exit(main())
