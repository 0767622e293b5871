"""Fuzzing by coverage: ``python -m conformance.atheris_fuzz Metadata -max_total_time=60``; needs atheris.

The first argument names a target of ``conformance.fuzzing`` (without one they are listed), the others go to libFuzzer:
a directory for the corpus, ``-max_total_time``, ``-runs``. What is found is written to a file and ends the run.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Runs one target until libFuzzer ends it; 2 when atheris or the target is not to be had."""
    if find_spec("atheris") is None:
        sys.stderr.write("atheris is not installed: pip install atheris, or python -m conformance without it\n")
        return 2
    atheris: Any = import_module("atheris")
    # What is imported inside is instrumented: the code whose branches are to be covered.
    with atheris.instrument_imports(include=["klamm", "protocol_tables"]):
        targets = import_module("conformance.fuzzing").TARGETS
    if not arguments or arguments[0] not in targets:
        sys.stderr.write(f"targets: {', '.join(targets)}\n")
        return 2
    atheris.Setup([sys.argv[0], *arguments[1:]], targets[arguments[0]])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
