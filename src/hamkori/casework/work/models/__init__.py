"""The records of work, one module per noun."""

from hamkori.casework.work.models.failure import ClockFailure

__all__ = ["ClockFailure"]
