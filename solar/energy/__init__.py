"""Daily energies per channel from counters and power: design formulas, section 1. Pure; no clock, network or store."""

from solar.energy.accounting import Computation, Explanation, affected_from, compute_days, daily_energy, explain
from solar.energy.booking import Note
from solar.energy.buckets import BucketEnergy, bucket_energy
from solar.energy.channels import BATTERY_FIELDS, CHANNEL, Channel, limit_kilowatts
from solar.energy.checkpoint import (
    Checkpoint,
    Progress,
    candidate_as_json,
    candidate_from_json,
    go_on,
    note_as_json,
    note_from_json,
)
from solar.energy.ranking import Candidate, DayEnergy, Method, judge, rank
from solar.energy.state import START, ChannelState, PowerState, State

__all__ = [
    "BATTERY_FIELDS",
    "CHANNEL",
    "START",
    "BucketEnergy",
    "Candidate",
    "Channel",
    "ChannelState",
    "Checkpoint",
    "Computation",
    "DayEnergy",
    "Explanation",
    "Method",
    "Note",
    "PowerState",
    "Progress",
    "State",
    "affected_from",
    "bucket_energy",
    "candidate_as_json",
    "candidate_from_json",
    "compute_days",
    "daily_energy",
    "explain",
    "go_on",
    "judge",
    "limit_kilowatts",
    "note_as_json",
    "note_from_json",
    "rank",
]
