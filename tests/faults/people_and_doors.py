"""Faults in people, keys, and at the doors."""

from __future__ import annotations

from tests.faults.fault import of

PEOPLE = "tests/people"
DOOR = "tests/web/test_sign_in.py"
INJECTION = "tests/policy/test_injection.py"
PAGES = "tests/web/test_middleware.py"
SEEDS = "tests/attacks/test_moved_seeds.py"
TAKEN = "tests/attacks/test_taken_codes.py"
TRIES = "tests/attacks/test_code_through_the_cache.py"
PUT_BACK = "tests/attacks/test_old_people_put_back.py"
NAMED = "tests/attacks/test_released_under_another_name.py"
LEFT = "tests/attacks/test_sealed_to_an_ended_post.py"

PEOPLE_AND_DOORS = of(
    "people",
    (
        "a key holder may work with cases",
        "people/walls/30_invitation.sql",
        "return v_all && array['administrator', 'auditor', 'custodian']\n     and",
        "return false and",
        (PEOPLE, DOOR),
    ),
    (
        "an invitation serves twice",
        "people/walls/30_invitation.sql",
        "   where i.token_hash = p_token_hash and i.used_at is null and i.expires_at > statement_timestamp()\n  returning * into v_inv;",
        "   where i.token_hash = p_token_hash and i.expires_at > statement_timestamp()\n  returning * into v_inv;",
        (PEOPLE, DOOR, PUT_BACK),
    ),
    (
        "a planted second factor is used",
        "people/walls/40_sign_in.sql",
        "or (new.data - 'used_mask') is distinct from (old.data - 'used_mask')",
        "",
        (PEOPLE, INJECTION, SEEDS),
    ),
    (
        "a used code is good again",
        "people/walls/40_sign_in.sql",
        "or (was & is_now) <> was or new.last_used_at",
        "or new.last_used_at",
        (PEOPLE, INJECTION, TAKEN),
    ),
    (
        "a locked counter locks the door",
        "web/sessions/counters.py",
        "return float(seconds)",
        "return 0.0",
        ("tests/web/test_sign_in.py", TRIES),
    ),
    (
        "the second cookie is readable by scripts",
        "web/kit/appearance.py",
        "httponly=True,",
        "httponly=False,",
        ("tests/web",),
    ),
    (
        "a page of a signed-in person is cached",
        "web/middleware.py",
        'answer.headers["Cache-Control"] = "no-store"',
        'answer.headers["X-Nothing"] = "no-store"',
        (PAGES,),
    ),
    (
        "a fault keeps what it wrote",
        "web/middleware.py",
        "                if answer.status_code >= 500:\n",
        "                if answer.status_code >= 600:\n",
        (PAGES,),
    ),
    (
        "a stream leaves before its row",
        "web/middleware.py",
        "if answer.streaming or not isinstance(answer, HttpResponse):",
        "if False:",
        (PAGES,),
    ),
    (
        "a view without a mark is open to strangers",
        "web/middleware.py",
        'getattr(view, "login_required", True)',
        'getattr(view, "login_required", False)',
        (PAGES,),
    ),
    (
        "a press is for whatever stands at its address",
        "casework/case/queries/shown.py",
        "        if meant != word:\n",
        "        if False:\n",
        ("tests/attacks/test_the_codes_are_swapped.py",),
    ),
    (
        "a service of another organisation than was shown is written to",
        "casework/referral/queries/address.py",
        "    if shown is not None and found.organisation_id != shown:\n",
        "    if False:\n",
        ("tests/attacks/test_the_service_moves.py",),
    ),
    (
        "a service of another kind than was shown is written to",
        "casework/referral/queries/address.py",
        '    if shown_code not in ("", found.service_code):\n',
        "    if False:\n",
        ("tests/attacks/test_another_kind_of_help.py", "tests/attacks/test_the_service_moves.py"),
    ),
    (
        "the kind of help is not in what the page showed",
        "web/referrals/choosing.py",
        "and before[1:3] != now[1:3]",
        "and before[1] != now[1]",
        ("tests/attacks/test_the_service_moves.py",),
    ),
    (
        "a request is sent to a service that is of another kind by now",
        "casework/referral/queries/address.py",
        "    if found is not None and found.service_code != referral.service_code:\n",
        "    if False:\n",
        ("tests/attacks/test_another_kind_of_help.py",),
    ),
    (
        "a permit does not say of which kind the request is",
        "casework/referral/queries/permit.py",
        '        or permit.service_code not in ("", referral.service_code)\n',
        "",
        ("tests/attacks/test_another_kind_of_help.py",),
    ),
    (
        "a request needs the rows that its row names, whatever its kind",
        "casework/referral/queries/address.py",
        "    return _rows(compartment, referral.service_code, referral.purpose_code) == list(rows)\n",
        "    return True\n",
        ("tests/attacks/test_another_kind_of_help.py",),
    ),
    (
        "who is chosen is named as the database names her",
        "people/queries.py",
        "for one in believed(read)}\n    return [(row, held",
        "for one in read()}\n    return [(row, held",
        (NAMED,),
    ),
    (
        "who has no post beside her is nameless without an alarm",
        "people/queries.py",
        '    alarm(Untrusted("post", membership if isinstance(membership, UUID) else NAMELESS))\n',
        "",
        (NAMED,),
    ),
    (
        "a name is asked for by the post that the database put beside a member",
        "people/queries.py",
        "(row, held.get(row[0]) if _is_hers(row[0], one) else None)",
        "(row, held.get(one.membership_id) if one else None)",
        (NAMED,),
    ),
    (
        "a post that has lost its tag is no alarm where it names somebody",
        "people/queries.py",
        "(one.works or one.tag)]",
        "one.tag]",
        (NAMED,),
    ),
    (
        "a post that rests by our own act is an alarm",
        "people/queries.py",
        "if one is not None and (one.works or one.tag)]",
        "if one is not None]",
        (NAMED,),
    ),
    (
        "words for one request open under another",
        "casework/case/machinery/sealing.py",
        "if row.referral_id is not None else ()",
        "if False else ()",
        ("tests/attacks/test_words_for_somebody_else.py",),
    ),
    (
        "a row whose number nobody gave is vouched for",
        "site/tags/tagging.py",
        "if row.renumbered is not None and trust.is_far(",
        "if row.renumbered is None and trust.is_far(",
        ("tests/site/test_tags.py",),
    ),
    (
        "a post whose number nobody gave does not end",
        "people/actions/posts.py",
        'server.trust().number_past("post", membership_id',
        'server.trust().next_number("post", membership_id',
        ("tests/site/test_tags.py",),
    ),
    (
        "what was written is given back where she has signed out",
        "web/kit/written.py",
        'return sent if "operation" in said and who and',
        'return sent if "operation" in said and not who or',
        ("tests/web/test_given_back.py",),
    ),
    (
        "what was written is given back to another person",
        "web/kit/written.py",
        "and who and said.get(BY_WHOM) == who",
        "and who",
        ("tests/web/test_given_back.py",),
    ),
    (
        "who works there no more is sealed to",
        "vault/trust.py",
        'return not left or left < self.marks.least("post", membership)',
        "return True",
        (LEFT,),
    ),
    (
        "a start takes an end for work",
        "people/raising.py",
        "marks = [] if found is None else [*_left(kind, *found), found]",
        "marks = [] if found is None else [found]",
        (LEFT,),
    ),
    (
        "where her word cannot be confirmed the page leads nowhere",
        "web/kit/refusals.py",
        'return reverse("consent_withdraw", args=[code]) if code and of_her_word else ""',
        'return ""',
        ("tests/web/test_said_truly.py",),
    ),
    (
        "what she was asked is left out where her word cannot be confirmed",
        "casework/consent/queries/agreed.py",
        'Agreed(unsure=True, askings=tuple(Consent.objects.filter(case=found).order_by("-number")))',
        "Agreed(unsure=True)",
        ("tests/web/test_said_truly.py",),
    ),
)
