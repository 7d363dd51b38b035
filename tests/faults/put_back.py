"""Faults by which something counts again that was put back into the database after its time."""

from __future__ import annotations

from tests.faults.fault import of

ERASED = "tests/attacks/test_an_erased_draft.py"

PUT_BACK = of(
    "put back",
    (
        "a draft that was thrown away leaves no mark",
        "casework/actions/case.py",
        "    erased(case.pk)  # whatever",
        "    # whatever",
        (ERASED,),
    ),
    (
        "a draft of a request that was thrown away leaves no mark",
        "casework/actions/send.py",
        "    erased(referral.pk)\n",
        "",
        (ERASED,),
    ),
    (
        "the drafts of a case that is closed leave no mark",
        "casework/actions/case.py",
        "        erased(draft)\n",
        "        pass\n",
        (ERASED,),
    ),
    (
        "what was thrown away is opened",
        "casework/actions/sealing.py",
        "    require_kept(case_id, referral_id)\n",
        "",
        (ERASED,),
    ),
)
