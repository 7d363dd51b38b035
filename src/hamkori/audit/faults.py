"""What can be wrong with the ledger, a sentence each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Fault:
    """What is wrong first. `what`: changed, missing, added, no_batch, time (row); leaves, chain, mac, window,
    batch_missing, signature, unsigned, head (batch); checkpoint (the number of the signature that should come);
    foreign (how many rows were taken out).
    """

    what: str
    number: int

    @property
    def text(self) -> str:
        return {
            "changed": _("Row %(number)d was changed."),
            "missing": _("Row %(number)d is missing."),
            "added": _("Row %(number)d was added later."),
            "no_batch": _("Row %(number)d is in no batch."),
            "time": _("Row %(number)d bears a time at which it was not written."),
            "leaves": _("The hashes of batch %(number)d were changed."),
            "chain": _("Batch %(number)d does not follow from the one before."),
            "mac": _("Batch %(number)d was not made by this system."),
            "window": _("Batch %(number)d leaves transactions out."),
            "batch_missing": _("Batch %(number)d is missing."),
            "signature": _("The signature of batch %(number)d is not right."),
            "checkpoint": _("Signature number %(number)d is missing."),
            "unsigned": _("Two minutes of batches up to %(number)d are not signed."),
            "foreign": _("The file foreign lacks some of the %(number)d rows that were taken out."),
            "head": _("Batch %(number)d is not the one that was kept outside."),
        }[self.what] % {"number": self.number}
