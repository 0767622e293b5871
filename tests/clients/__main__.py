"""Fetches and builds the clients that Python's package index does not have, ahead of a test run."""

import sys

from tests.clients.go_client import franz_go
from tests.clients.newest_java import JAVA_4_4
from tests.kafka.release import JarsMissing

try:
    JAVA_4_4.ensure()
    franz_go()
except (AssertionError, JarsMissing) as missing:
    sys.exit(str(missing))
