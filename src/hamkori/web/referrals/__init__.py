"""Referrals as their sender works with them: written, sent, followed, ended, confirmed."""
