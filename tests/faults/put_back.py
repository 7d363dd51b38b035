"""Faults by which something counts again that was put back into the database after its time."""

from __future__ import annotations

from tests.faults.fault import of

ERASED = "tests/attacks/test_an_erased_draft.py"
FORMER = "tests/attacks/test_a_former_passphrase.py"
SEALED = "tests/attacks/test_a_vault_that_was_sealed.py"

PUT_BACK = of(
    "put back",
    (
        "a draft that was thrown away leaves no mark",
        "casework/case/actions/case.py",
        "    erased(case.pk)  # whatever",
        "    # whatever",
        (ERASED,),
    ),
    (
        "a draft of a request that was thrown away leaves no mark",
        "casework/referral/actions/send.py",
        "\n    erased(referral.pk)\n",
        "\n",
        (ERASED,),
    ),
    (
        "a draft that her word finds leaves no mark",
        "casework/referral/actions/send.py",
        "        erased(referral.pk)\n        return True\n",
        "        return True\n",
        ("tests/attacks/test_a_draft_that_her_word_found.py",),
    ),
    (
        "a member who is called its lead throws a case away",
        "casework/case/actions/case.py",
        'own_row.on_team(act.actor, case.pk).kind_code != "lead":',
        "not own_row.on_team(act.actor, case.pk):",
        ("tests/attacks/test_thrown_away_by_a_member.py",),
    ),
    (
        "whoever is put on its team throws a case away",
        "casework/case/actions/case.py",
        "    if not act.actor.system and own_row",
        "    if False and own_row",
        ("tests/attacks/test_erased_by_a_row_of_nobodys.py",),
    ),
    (
        "a form that names nobody is given back to anybody",
        "web/kit/written.py",
        "said.get(BY_WHOM) == who",
        "said.get(BY_WHOM, who) == who",
        ("tests/attacks/test_given_back_of_a_page_from_before.py",),
    ),
    (
        "the drafts of a case that is closed leave no mark",
        "casework/referral/machinery/resting.py",
        "            erased(draft)\n",
        "            pass\n",
        (ERASED,),
    ),
    (
        "what was thrown away is opened",
        "casework/case/machinery/sealing.py",
        "    require_kept(case_id, referral_id)\n",
        "",
        (ERASED,),
    ),
    (
        "a former passphrase is hers",
        "people/sign_in.py",
        "row is None or was_replaced(row) or kek is None",
        "row is None or kek is None",
        (FORMER,),
    ),
    (
        "a former passphrase gives way to another one",
        "casework/work/actions/key_change.py",
        "row is None or was_replaced(row) or not changed",
        "row is None or not changed",
        (FORMER,),
    ),
    (
        "a former passphrase is refused without an alarm",
        "people/sign_in.py",
        '        server.alarm(Untrusted("key", user))\n',
        "        pass\n",
        (FORMER,),
    ),
    (
        "a sign-in that was half done goes on by a former passphrase",
        "web/account/signing_in.py",
        "        if session.is_by_former(request):",
        "        if False:",
        (FORMER,),
    ),
    (
        "a recovery code is used as long as its row says so",
        "people/totp.py",
        '    server.mark("used", used, 1)\n',
        "",
        (FORMER,),
    ),
    (
        "what her former key has held is written under",
        "casework/case/machinery/sealing.py",
        "    return marks().least(MINTED, fact.thing) >= keys_changed()",
        "    return True",
        (FORMER,),
    ),
    (
        "each write mints once somebody has another key",
        "casework/case/machinery/sealing.py",
        "    mark(MINTED, thing, changed)\n",
        "",
        (FORMER,),
    ),
    (
        "a vault that was sealed opens by its row",
        "vault/held.py",
        "    server.seal_vault(session_id)\n",
        "",
        (SEALED,),
    ),
    (
        "a vault is locked away under no number",
        "vault/held.py",
        "key_no, opened, server.vault_sealed(session_id))",
        "key_no, opened)",
        (SEALED,),
    ),
    (
        "a key that waited is taken twice",
        "vault/held.py",
        "    server.seal_vault(pending)\n",
        "",
        (SEALED,),
    ),
    (
        "a key waits as long as its row says",
        "vault/held.py",
        "    return None if is_late or ",
        "    return None if ",
        (SEALED,),
    ),
    (
        "a former key that somebody has changed is vouched for",
        "site/tags/tagging.py",
        'return row.fact.kind == "key" and trust.keyring.tag_holds(row.fact.covered, row.tag)',
        'return row.fact.kind == "key"',
        (FORMER,),
    ),
    (
        "a former key that was vouched for opens for good",
        "vault/server.py",
        '    return f"{user}.{key_no}.{newest}"\n',
        '    return f"{user}.{key_no}"\n',
        (FORMER,),
    ),
    (
        "a change of passphrase that a crash has not marked ends no epoch",
        "people/raising.py",
        "        server.key_changed()\n",
        "        pass\n",
        (FORMER,),
    ),
    (
        "a vault that was sealed yesterday is not sealed today",
        "vault/ended.py",
        'return max((marks.least("vault", session) for marks in self._lately(now)), default=0)',
        'return self._today(now).least("vault", session)',
        ("tests/vault/test_ended.py",),
    ),
)
