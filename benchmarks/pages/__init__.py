"""How fast pages open, change and follow in a real browser, and how many people may watch."""
