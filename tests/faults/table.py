"""Faults that somebody could write by mistake, each small, each in a place where it would hurt a person.

`old` stands exactly once in its file (tests/house/test_faults.py), so that the table cannot rot unseen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is changed where, and the tests that should notice. `explained`: why it may live, if it does."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    explained: str = ""


VAULT, ACCESS, AUDIT = "tests/vault", "tests/access", "tests/audit"
STORY, RACES, RELEASE = "tests/casework/test_story.py", "tests/casework/test_races.py", "tests/casework/test_release.py"
PEOPLE, DOOR, INJECTION = "tests/people", "tests/web/test_sign_in.py", "tests/policy/test_injection.py"
WALL_TWO, WALL_THREE, FATE = (
    "tests/policy/test_wall_two.py",
    "tests/policy/test_wall_three.py",
    "tests/policy/test_fate.py",
)
GRANTS, RULES, PAGES = "tests/policy/test_grants.py", "tests/rules", "tests/web/test_middleware.py"
PLANTED = "tests/attacks"

BYTES, SECTIONS, PACKET = "vault/bytes.py", "vault/sections.py", "vault/packet.py"
CASE_SQL, REFERRAL_SQL = "casework/walls/10_case.sql", "casework/walls/30_referral.sql"
STEPS_SQL, PACKET_SQL = "casework/walls/40_referral_steps.sql", "casework/walls/35_packets.sql"
CONTEXT_SQL, LEDGER_SQL = "access/walls/10_context.sql", "audit/walls/10_ledger.sql"
LOOKING_SQL = "audit/walls/30_looking.sql"


def _of(room: str, *rows: tuple[str, str, str, str, tuple[str, ...]]) -> tuple[Fault, ...]:
    return tuple(
        Fault(f"{room}: {name}", f"src/hamkori/{file}", old, new, tests) for name, file, old, new, tests in rows
    )


LOCKS = _of(
    "vault",
    (
        "a lock forgets its context",
        BYTES,
        "body, bound = locked[HEADER_BYTES + NONCE_BYTES :], header + context",
        "body, bound = locked[HEADER_BYTES + NONCE_BYTES :], header",
        (VAULT,),
    ),
    ("a lock forgets its epoch", BYTES, "if header != _lock_header(epoch) or len(locked)", "if len(locked)", (VAULT,)),
    (
        "a seal is not bound to its place",
        BYTES,
        "if not same(memory.text_of(inside, 0, BINDING_BYTES), _binding(context)):",
        "if False:",
        (VAULT,),
    ),
    (
        "lengths are compared only",
        BYTES,
        "len(one) == len(other) and bindings.sodium_memcmp(one, other)",
        "len(one) == len(other)",
        (VAULT,),
    ),
    ("a context joins what it should part", BYTES, '"|".join(("hk1"', '"".join(("hk1"', (VAULT,)),
    (
        "a planted team row is sealed to",
        SECTIONS,
        "row.case == epoch.case and row.believed(trust)",
        "row.case == epoch.case",
        (VAULT,),
    ),
    (
        "a section is not asked for at minting",
        SECTIONS,
        "        if epoch.section not in row.sections:\n            continue\n",
        "",
        (VAULT,),
    ),
    ("a planted epoch is opened", SECTIONS, "if not epoch_trusted(keyring, *epoch, key, tag):", "if False:", (VAULT,)),
    (
        "older notes go to another case",
        SECTIONS,
        "if to.case != epoch.case or epoch.section not in to.sections:",
        "if epoch.section not in to.sections:",
        (VAULT,),
    ),
    (
        "a packet goes to any tagged desk",
        PACKET,
        "    require_body(keyring, desk, route.to_desk, DESK)\n",
        "",
        (VAULT,),
    ),
    (
        "a packet forgets its purpose",
        BYTES,
        "from_org, to_desk, purpose, consent)",
        'from_org, to_desk, "-", consent)',
        (VAULT,),
    ),
    (
        "a destroyed key stays in the keyring",
        "vault/keyring.py",
        "{e: key for e, key in self._release.items() if e != epoch}",
        "self._release",
        (VAULT,),
    ),
    (
        "the keyring may be read by others",
        "vault/keyring_file.py",
        "or stat.S_IMODE(found.st_mode) != MODE:",
        "or False:",
        (VAULT,),
    ),
    (
        "a tag of no version holds",
        "vault/keyring.py",
        "return key is not None and raw.same",
        "return key is None or raw.same",
        (VAULT,),
    ),
)

TRUST = _of(
    "vault",
    (
        "a mark is not asked for",
        "vault/trust.py",
        "return fact.number < self.marks.least(fact.kind, fact.thing)",
        "return False",
        (VAULT,),
    ),
    (
        "a mark is off by one",
        "vault/trust.py",
        "return fact.number < self.marks.least",
        "return fact.number + 1 < self.marks.least",
        (VAULT,),
    ),
    (
        "a post forgets its roles",
        "vault/tags.py",
        'name, function, frozenset(roles), supervisor)\n    return _fact("post"',
        'name, function, frozenset(), supervisor)\n    return _fact("post"',
        (VAULT,),
    ),
    (
        "a mark is written before the commit",
        "vault/server.py",
        "transaction.on_commit(lambda: marks().raise_to(kind, thing, number))",
        "marks().raise_to(kind, thing, number)",
        (VAULT,),
    ),
    (
        "a lost file of marks is an empty one",
        "vault/marks.py",
        "        except OSError:\n            raise MarksLost from None\n        self._seen = seen",
        "        except OSError:\n            return\n        self._seen = seen",
        (VAULT,),
    ),
    (
        "a mark that was known and is gone is forgotten",
        "vault/marks.py",
        "if len(whole) < self._read or any(found.get(key, 0) < number for key, number in self._least.items()):",
        "if len(whole) < 0:",
        (VAULT,),
    ),
    (
        "of the marks that were read only the length is looked at again",
        "vault/marks.py",
        "if hashed.digest() != self._hash:",
        "if len(text) < self._read:",
        (VAULT,),
    ),
    (
        "a list keeps what it does not believe",
        "vault/trust.py",
        "        self.alarms.raise_for(fact.kind, fact.thing)\n        return False",
        "        self.alarms.raise_for(fact.kind, fact.thing)\n        return True",
        (VAULT,),
    ),
    (
        "the weakest credential is believed",
        "vault/person.py",
        "if cost.ops < floor.ops or cost.memory < floor.memory or",
        "if",
        (VAULT,),
    ),
    (
        "a session opens under another name",
        "web/session_store.py",
        'return f"session.{stored}"',
        'return "session"',
        ("tests/web",),
    ),
    (
        "the empty text is read as no text",
        "canon.py",
        "return NULL if encoded is None else",
        "return NULL if not encoded else",
        (RULES,),
    ),
)

WALLS = _of(
    "walls",
    (
        "an ended session acts",
        CONTEXT_SQL,
        "       and s.ended_at is null\n       and s.idle_until > statement_timestamp() and s.expires_at > statement_timestamp()\n       and m.ended_at",
        "       and s.idle_until > statement_timestamp() and s.expires_at > statement_timestamp()\n       and m.ended_at",
        (ACCESS,),
    ),
    (
        "a suspended member acts",
        CONTEXT_SQL,
        "and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active);",
        "and m.ended_at is null and u.is_active and o.is_active);",
        (ACCESS,),
    ),
    (
        "a session may last for ever",
        CONTEXT_SQL,
        "if p_idle > 15 * 60 or p_absolute > 8 * 60 * 60 then",
        "if false then",
        (ACCESS, PEOPLE, DOOR, PLANTED),
    ),
    (
        "a proof is good for an hour",
        CONTEXT_SQL,
        "- p_at) <= 60000000",
        "- p_at) <= 3600000000",
        (ACCESS, PEOPLE, DOOR, PLANTED),
    ),
    (
        "a proof is not asked for at sign-in",
        CONTEXT_SQL,
        "  if not public.proved(p_proof, p_at, 'issue',",
        "  if false and not public.proved(p_proof, p_at, 'issue',",
        (ACCESS, INJECTION, PLANTED),
    ),
    (
        "another's organisation may be chosen",
        CONTEXT_SQL,
        "where m.id = p_membership and m.user_id = v_user and m.ended_at",
        "where m.id = p_membership and m.ended_at",
        (ACCESS, PEOPLE, PLANTED, "tests/web/test_account.py"),
    ),
    (
        "an ended row still shows its sections",
        CASE_SQL,
        "create or replace function my_sections(p_case uuid) returns text[]\n  language plpgsql stable security definer parallel safe set search_path = '' as $$\nbegin\n  return coalesce((select a.sections from public.case_access a where a.case_id = p_case and a.membership_id = (select public.me())\n     and a.ended_at is null and",
        "create or replace function my_sections(p_case uuid) returns text[]\n  language plpgsql stable security definer parallel safe set search_path = '' as $$\nbegin\n  return coalesce((select a.sections from public.case_access a where a.case_id = p_case and a.membership_id = (select public.me())\n     and",
        (WALL_TWO, STORY),
    ),
    (
        "any member of the team may write",
        CASE_SQL,
        "with check (%L = any (my_writes(case_id)) and case_is_writable(case_id))', r.tab, r.section);",
        "with check (%L = any (my_sections(case_id)) and case_is_writable(case_id))', r.tab, r.section);",
        ("tests/attacks/test_added_by_a_reader.py",),
    ),
    (
        "a supervisor without the role steers",
        CASE_SQL,
        "if v_kind = 'supervisor' and public.holds_role(p_me, 'supervisor') then",
        "if v_kind = 'supervisor' then",
        ("tests/attacks/test_steering_without_the_role.py",),
    ),
    (
        "a frozen screening is written",
        CASE_SQL,
        "not (new.state_code = 'superseded' and new.body = old.body)",
        "not (new.state_code = 'superseded')",
        ("tests/casework", "tests/policy", "tests/web/test_screening.py"),
    ),
    (
        "the desk sees what is not visible yet",
        REFERRAL_SQL,
        "if r.state_code <> 'draft' and r.visible_at <= public.hk_now()\n",
        "if r.state_code <> 'draft'\n",
        (WALL_TWO, STORY, RACES),
    ),
    (
        "the desk reads the card after an ending",
        REFERRAL_SQL,
        "(r.state_code = 'sent' and r.visible_at <= (select hk_now()) and r.to_organisation_id",
        "(r.visible_at <= (select hk_now()) and r.to_organisation_id",
        (FATE, WALL_TWO),
    ),
    (
        "a sent draft may be edited",
        REFERRAL_SQL,
        "  using (state_code = 'draft' and 'S' = any (referral_sides(id)))\n",
        "  using ('S' = any (referral_sides(id)))\n",
        (INJECTION, WALL_TWO),
    ),
    (
        "consent does not end",
        REFERRAL_SQL,
        "n.answer_code in ('yes', 'without_name') and n.ends_at > public.hk_now()",
        "n.answer_code in ('yes', 'without_name')",
        (STORY, "tests/casework", "tests/jobs"),
    ),
    (
        "an older answer counts",
        REFERRAL_SQL,
        "order by k.number desc limit 1)",
        "order by k.number limit 1)",
        (STORY, RACES),
    ),
    (
        "the child's no is not heard",
        REFERRAL_SQL,
        "and n.child_answer_code not in ('', 'says_no')",
        "",
        ("tests/casework/test_child.py", "tests/casework", "tests/policy/test_wall_two.py"),
    ),
    (
        "an excluded organisation gets it",
        REFERRAL_SQL,
        "where e.consent_id = v_consent and e.organisation_id = r.to_organisation_id) then",
        "where e.consent_id = v_consent and false) then",
        (STORY, "tests/casework", "tests/web/test_consent.py"),
    ),
    (
        "seals are handed out without consent",
        PACKET_SQL,
        "if not coalesce((select c.live from public.referral_consent(p_referral) c), false) then return; end if;",
        "",
        (STORY, RACES, "tests/policy"),
    ),
    (
        "bodies stay after an ending",
        STEPS_SQL,
        "  delete from public.packet_body b where b.referral_id = p_referral;\nend $$;\n\ncreate or replace function referral_clocks_set",
        "end $$;\n\ncreate or replace function referral_clocks_set",
        (STORY, FATE),
    ),
    (
        "sides are not asked again under the lock",
        STEPS_SQL,
        "  -- Asked again under the lock: whoever was released while she waited takes no step.\n  v_sides := public.referral_sides(p_referral);\n",
        "",
        (RACES, "tests/casework"),
    ),
    (
        "a step passes over another version",
        STEPS_SQL,
        "raise exception 'version_same' using errcode = 'HK409'; end if;",
        "null; end if;",
        (RACES, STORY, "tests/casework"),
    ),
    (
        "the police may be asked on another's consent",
        STEPS_SQL,
        "     and r.recipient_kind_code <> 'police' then\n",
        "     and false then\n",
        ("tests/casework", PLANTED),
    ),
    (
        "oversight receives people",
        STEPS_SQL,
        "where o.id = r.to_organisation_id) = 'oversight' then",
        "where o.id = r.to_organisation_id) = 'nobody' then",
        ("tests/casework", "tests/policy", PLANTED),
    ),
    (
        "a third body's seal is mine",
        CASE_SQL,
        "  exists (select 1 from person_key p where p.id = section_wrap.recipient_key_id and p.user_id = (select my_user()))\n  and",
        "  true and",
        (WALL_TWO, INJECTION),
    ),
    (
        "a recall waits for nobody",
        STEPS_SQL,
        "if r.visible_at <= p_now then raise exception 'not_yet_visible'",
        "if false then raise exception 'not_yet_visible'",
        (RACES, STORY),
    ),
)

PEOPLE_AND_DOORS = _of(
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
        (PEOPLE, DOOR, PLANTED),
    ),
    (
        "a planted second factor is used",
        "people/walls/40_sign_in.sql",
        "or (new.data - 'used_mask') is distinct from (old.data - 'used_mask')",
        "",
        (PEOPLE, INJECTION, PLANTED),
    ),
    (
        "a used code is good again",
        "people/walls/40_sign_in.sql",
        "or (was & is_now) <> was or new.last_used_at",
        "or new.last_used_at",
        (PEOPLE, INJECTION, PLANTED),
    ),
    (
        "a locked counter locks the door",
        "web/counters.py",
        "return float(seconds)",
        "return 0.0",
        ("tests/web", PLANTED),
    ),
    (
        "the second cookie is readable by scripts",
        "web/door.py",
        "            httponly=True,\n",
        "            httponly=False,\n",
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
        "if not isinstance(answer, HttpResponse):",
        (PAGES,),
    ),
    (
        "a view without a mark is open to strangers",
        "web/middleware.py",
        'getattr(view, "login_required", True)',
        'getattr(view, "login_required", False)',
        (PAGES,),
    ),
)

AUDITED = _of(
    "audit",
    (
        "a secret is shown before its row",
        "action.py",
        "        append(self.row.saying(columns))\n        self.written += 1\n        return self._key",
        "        self.written += 1\n        return self._key",
        (ACCESS,),
    ),
    (
        "a role that is not held is written down",
        LEDGER_SQL,
        "case when p_role in ('', 'anyone') or public.has_role(p_role) then p_role else '' end",
        "p_role",
        (AUDIT, ACCESS),
    ),
    (
        "refusals fill the ledger",
        LEDGER_SQL,
        "  if p_reason = 'not_visible' and 60 <= (",
        "  if p_reason = 'not_visible' and 60000 <= (",
        (AUDIT, ACCESS),
    ),
    ("two leaves are one", "audit/merkle.py", "return len(text).to_bytes(4) + text", "return text", (AUDIT,)),
    (
        "a node is read as a leaf",
        "audit/merkle.py",
        'hashlib.sha256(b"\\x01" + level[n]',
        'hashlib.sha256(b"\\x00" + level[n]',
        (AUDIT,),
    ),
    (
        "a missing row is not named",
        "audit/verify.py",
        '            yield Fault("missing", number)',
        "            continue",
        (AUDIT,),
    ),
    (
        "an added row is not named",
        "audit/verify.py",
        '            yield Fault("added", row.id)',
        "            continue",
        (AUDIT,),
    ),
    (
        "a case's history is its team's",
        LOOKING_SQL,
        "if not public.case_sides(p_case) && array['L', 'SV'] then",
        "if not public.case_sides(p_case) && array['S', 'SV'] then",
        (AUDIT, "tests/policy", "tests/web/test_cases.py"),
    ),
    (
        "a list without a row of the policy shows all",
        "access/scope.py",
        "    if not rows:\n        return queryset.none()\n",
        "",
        (ACCESS,),
    ),
    (
        "an empty scope grants",
        "access/scope.py",
        "if model._default_manager.filter(condition, pk=thing.pk).exists():",
        "if model._default_manager.filter(pk=thing.pk).exists():",
        (ACCESS,),
    ),
    (
        "a refusal names what is hidden",
        "access/scope.py",
        "    if thing is None or may(actor, scopes_of(type(thing)).view, thing):\n",
        "    if True:\n",
        (ACCESS,),
    ),
)

FAULTS: tuple[Fault, ...] = (*LOCKS, *TRUST, *WALLS, *PEOPLE_AND_DOORS, *AUDITED)
