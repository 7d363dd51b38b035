"""The records of consent, one module per noun."""

from hamkori.casework.consent.models.consent import Consent, ConsentExcluded, ConsentRow

__all__ = ["Consent", "ConsentExcluded", "ConsentRow"]
