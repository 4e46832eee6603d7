"""The tasks that workers run, one module a subject; each is idempotent and takes one source at a time."""
