"""``python -m klamm`` is the ``klamm`` command."""

from klamm.cli import main

raise SystemExit(main())
