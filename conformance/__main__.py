"""Lets ``python -m conformance`` run everything."""

import sys

from conformance.cli import main

sys.exit(main())
