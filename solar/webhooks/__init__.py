"""Decides whether a webhook request is who it says it is: Standard Webhooks, HMAC header or body key; pure, no clock.

`verify` never raises, compares in constant time, and takes several secrets while a rotation overlaps.
"""

from solar.normalise.bodies import MAX_BYTES
from solar.webhooks.verify import REPLAY_SECONDS, TOLERANCE_SECONDS, Verdict, verify

__all__ = ["MAX_BYTES", "REPLAY_SECONDS", "TOLERANCE_SECONDS", "Verdict", "verify"]
