"""Fetches the jars of all releases that the tests run."""

import sys

from tests.kafka.release import KAFKA_3, KAFKA_4, JarsMissing

try:
    for release in (KAFKA_4, KAFKA_3):
        release.ensure()
except JarsMissing as missing:
    sys.exit(str(missing))
