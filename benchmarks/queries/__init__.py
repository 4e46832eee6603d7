"""How fast telemetry is read at any age, rolled up and kept, on data sets of our own making."""
