"""Hamkori: software for a national referral mechanism for people trafficked inside their own country."""

__version__ = "0.1.0"
