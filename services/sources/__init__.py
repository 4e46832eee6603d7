"""Sources and groups as their owners keep them: made, changed, connected, understood, listed."""
