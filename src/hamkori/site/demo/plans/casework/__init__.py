"""The invented cases and referrals."""
