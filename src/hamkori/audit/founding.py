"""The worker's files for a database: made once, for a ledger that carries no MAC yet, and asked for ever after."""

from __future__ import annotations

from hamkori.audit import signing
from hamkori.audit.models import LedgerSeal
from hamkori.audit.witness import Head, Witness, WitnessRefused


def ensure(witness: Witness, using: str = "default") -> None:
    """Makes signing key, chain key and head if the ledger has none; the next batch is then the first with a MAC.

    Asked by `migrate`, as the owner of all tables. WitnessRefused where one of them was lost: a head that is made anew
    would take any chain for its own.
    """
    if witness.is_here():
        witness.keys()
        witness.head()
    elif LedgerSeal.objects.using(using).exclude(mac=None).exists():
        raise WitnessRefused("chain_missing")
    else:
        newest = LedgerSeal.objects.using(using).order_by("-id").values_list("id", "chain").first()
        witness.signing_key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        witness.begin(Head(batch=newest[0], chain=bytes(newest[1])) if newest else Head())
    if not witness.signing_key.exists():
        signing.create(witness.signing_key)
