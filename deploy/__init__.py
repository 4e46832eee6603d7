"""Ways to run Ampra: everything on one machine (`local`), and the configuration for separate servers."""
