"""The demo: a household with two simulated installations that lives on in real time, through the real ways in."""
