"""Lets ``python -m tools.audit_tables`` run the audit."""

import sys

from tools.audit_tables.cli import main

sys.exit(main())
