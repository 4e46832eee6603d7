"""Roll-ups brought up to date with readings, and how long each level is kept."""
