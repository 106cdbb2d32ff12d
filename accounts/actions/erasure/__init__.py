"""Deactivation: asked for, reversible until it starts, then carried to its proven end.

`request` and `cancel` are the merchant's, `start_now` is operations', `run` is the worker's,
`settle` is told by the floors above when a partner has answered, `seal_away` is for holders.
"""

from accounts.actions.erasure.carrying_out import LeaseLost, run
from accounts.actions.erasure.requesting import (
    AlreadyStarted,
    AlreadyStopped,
    cancel,
    due,
    request,
    start_now,
)
from accounts.actions.erasure.sealing import erase_expired, seal_away
from accounts.actions.erasure.settling import PlanBroken, followups, settle

__all__ = [
    "AlreadyStarted",
    "AlreadyStopped",
    "LeaseLost",
    "PlanBroken",
    "cancel",
    "due",
    "erase_expired",
    "followups",
    "request",
    "run",
    "seal_away",
    "settle",
    "start_now",
]
