"""How good the forecast is, measured on folders of real data."""
