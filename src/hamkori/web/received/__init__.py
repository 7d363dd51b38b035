"""A referral as its receiver sees it: the card, the answers, the help."""
