"""Everything on one machine under one supervisor: `python -m deploy.local` (what `make run` starts)."""
