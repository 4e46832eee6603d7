"""Daily energies per channel from counters and power: design formulas, section 1. Pure; no clock, network or store."""

from solar.energy.accounting import Computation, Explanation, affected_from, compute_days, daily_energy, explain
from solar.energy.booking import Note
from solar.energy.buckets import BucketEnergy, bucket_energy
from solar.energy.channels import CHANNEL, Channel, limit_kilowatts
from solar.energy.ranking import Candidate, DayEnergy, judge, rank
from solar.energy.state import START, ChannelState, PowerState, State

__all__ = [
    "CHANNEL",
    "START",
    "BucketEnergy",
    "Candidate",
    "Channel",
    "ChannelState",
    "Computation",
    "DayEnergy",
    "Explanation",
    "Note",
    "PowerState",
    "State",
    "affected_from",
    "bucket_energy",
    "compute_days",
    "daily_energy",
    "explain",
    "judge",
    "limit_kilowatts",
    "rank",
]
