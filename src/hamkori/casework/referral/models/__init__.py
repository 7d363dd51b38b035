"""The records of referral, one module per noun."""

from hamkori.casework.referral.models.referral import (
    PacketBody,
    PacketSeal,
    Referral,
    ReferralAccess,
    ReferralCard,
    ReferralClock,
    ReferralOrigin,
    ReferralOwnCase,
    ReferralQuestion,
    ReferralSender,
    ReferralStep,
    ReferralStepBy,
    ReferralWord,
)
from hamkori.casework.referral.models.release import ReleaseEpoch

__all__ = [
    "PacketBody",
    "PacketSeal",
    "Referral",
    "ReferralAccess",
    "ReferralCard",
    "ReferralClock",
    "ReferralOrigin",
    "ReferralOwnCase",
    "ReferralQuestion",
    "ReferralSender",
    "ReferralStep",
    "ReferralStepBy",
    "ReferralWord",
    "ReleaseEpoch",
]
