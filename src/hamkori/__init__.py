"""Hamkori: the working system of a national referral mechanism."""
