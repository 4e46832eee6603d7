"""The HTTP edge that is not Dash: gate, sign-in, webhook, broker contract, health and headers, as Flask blueprints."""
