"""What is read of telemetry: series, energies, key figures, fleets, corrections and exports."""
