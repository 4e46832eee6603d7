"""Background processes: the clock, the worker of deferred tasks, and the MQTT listener."""
