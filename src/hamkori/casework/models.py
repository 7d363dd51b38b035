"""Here Django looks for the records of casework; each stands in its own package."""

from hamkori.casework.case import models as case
from hamkori.casework.consent import models as consent
from hamkori.casework.referral import models as referral
from hamkori.casework.work import models as work

__all__ = ["case", "consent", "referral", "work"]
