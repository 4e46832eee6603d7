"""The domain, pure: vocabulary, units, normalisation, energy, key figures, money, forecasts; no I/O, no clock."""
