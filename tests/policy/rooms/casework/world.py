"""What happens in the oracle's cases and requests, by calling actions; each moment builds on the one before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.screening.actions import screening
from hamkori.vault import typed
from hamkori.vocabulary import codelist
from tests.policy.world import TODAY, TOMORROW, World

CODES: dict[str, Any] = {
    "sex_code": "female",
    "age_band_code": "a18_29",
    "language_code": "tg",
    "need_tonight_codes": ["safe_place"],
}
SHEETS: dict[str, dict[str, str]] = {
    "identity": {"legal_names": "Canary legal names"},
    "contact": {"call_name": "Canary call name", "safe_phone": "900 00 00 01"},
    "place": {"district": "TJ-KT-01", "address": "Canary address"},
    "needs": {"needs": "Canary needs"},
    "health": {"medicines": "Canary medicines"},
    "psychosocial": {"own_notes": "Canary own notes"},
    "legal": {"steps_taken": "Canary steps"},
    "criminal": {"notes": "Canary notes"},
}

TYPED_INTO = "/cases/12345678/section/?of=needs"
"""The form into which somebody types and does not save."""


def _again(actor: Actor) -> Actor:
    return actor.doing(uuid4())


def _case(world: World, thing: str, lead: str, sections: tuple[str, ...], *, register: bool = True) -> None:
    with world.as_(lead) as actor:
        case = cases.begin(actor, codes=CODES, sealed={name: SHEETS[name] for name in sections})
        if register:
            cases.register(_again(actor), case, version=case.version)
        world.things[thing] = case.pk


def _join(world: World, thing: str, lead: str, *members: str) -> None:
    for member in members:
        with world.as_(lead) as actor:
            team.admit(actor, world.case(thing), membership=world.membership(member))


def _writes(world: World, thing: str, who: str, name: str) -> None:
    with world.as_(who) as actor:
        section.write_section(actor, world.case(thing), section=name, fields=SHEETS[name], seal_no=0)


def _both_wrote(world: World, thing: str, first: str, second: str) -> None:
    """Both changed the same field of the needs; the second one chose, and what the first one wrote was set aside."""
    fields = SHEETS["needs"]
    with world.as_(first) as actor:
        section.write_section(
            actor, world.case(thing), section="needs", fields={**fields, "needs": "Canary other version"}, seal_no=1
        )
    with world.as_(second) as actor:
        section.write_section(
            actor, world.case(thing), section="needs", fields=fields, seal_no=2, was={}, keep={"needs": "mine"}
        )


def _types(world: World, who: str) -> None:
    with world.as_(who) as actor:
        assert actor.user_id
        assert actor.keys
        assert typed.keep(actor.user_id, actor.keys, TYPED_INTO, uuid4(), {"needs": ["Canary typing"]}, now())


def _screened(world: World, thing: str, who: str) -> None:
    with world.as_(who) as actor:
        row = screening.start(actor, world.case(thing), signs=["DR01"])
        danger = dict.fromkeys(codelist("danger_question").codes, "not_asked")
        row = screening.save(_again(actor), world.case(thing), seal_no=row.seal_no, part="danger", answers=danger)
        acts = dict.fromkeys(codelist("act_question").codes, "present")
        row = screening.save(_again(actor), world.case(thing), seal_no=row.seal_no, part="acts", answers=acts)
        screening.complete(_again(actor), world.case(thing), seal_no=row.seal_no)


def _asked(world: World, thing: str, who: str, yes: dict[str, set[str]], no: tuple[tuple[str, str], ...] = ()) -> None:
    answers = [consent.Answer(kind, "help", "yes", frozenset(agreed)) for kind, agreed in yes.items()]
    answers += [consent.Answer(kind, purpose, "no") for kind, purpose in no]
    asking = consent.Asking(language="tg", how_given="spoken", until_on=TODAY + timedelta(days=60))
    with world.as_(who) as actor:
        consent.record(actor, world.case(thing), answers=answers, asking=asking)


def _draft(world: World, thing: str, of: str, who: str, to: str, sections: set[str], purpose: str = "help") -> None:
    with world.as_(who) as actor:
        draft = send.write(
            actor,
            world.case(of),
            service=world.services[to],
            purpose=purpose,
            urgency="urgent",
            sections=sorted(sections),
            agreed_text="Canary agreed text",
            told_body=True,
        )
        world.things[thing] = draft.pk


def send_(world: World, thing: str, who: str) -> None:
    with world.as_(who) as actor:
        referral = world.referral(thing)
        send.send(actor, referral, version=referral.version)


def _accept(world: World, thing: str, desk: str, *named: str) -> None:
    with world.as_(desk) as actor:
        referral = world.referral(thing)
        receive.accept(
            actor,
            referral,
            version=referral.version,
            team=[world.membership(who) for who in named],
            arrival_on=TOMORROW,
            arrival_part="morning",
            meeting={"hour": "Canary hour", "place": "Canary meeting place"},
        )


def _serve(world: World, thing: str, who: str, own: str) -> None:
    with world.as_(who) as actor:
        referral = world.referral(thing)
        world.things[own] = receive.serve(actor, referral, version=referral.version).pk


def _finish(world: World, thing: str, who: str, result: str) -> None:
    with world.as_(who) as actor:
        referral = world.referral(thing)
        receive.finish(actor, referral, version=referral.version, result=result, note="Canary note")


R1 = {"identity", "contact", "screening", "needs"}
R3 = {"identity", "contact", "needs"}
R5 = {"contact", "needs"}


def found(world: World) -> None:
    """The moment `start`: cases open, drafts written, R4 sent."""
    _case(world, "K1", "Zarina", ("identity", "contact", "place", "needs", "health"))
    _join(world, "K1", "Zarina", "Firuza", "Daler", "Nigina", "Dilshod")
    _both_wrote(world, "K1", "Zarina", "Nigina")
    _types(world, "Zarina")
    _writes(world, "K1", "Firuza", "psychosocial")
    _writes(world, "K1", "Dilshod", "legal")
    _screened(world, "K1", "Zarina")
    with world.as_("Malika") as malika:
        team.release(malika, world.case("K1"), membership=world.membership("Dilshod"))
    _asked(
        world, "K1", "Zarina", {"shelter_social": R1, "legal": R3}, (("police", "protection"), ("police", "justice"))
    )
    _draft(world, "R1", "K1", "Zarina", "Panoh", R1)
    _draft(world, "R2", "K1", "Zarina", "Markaz", {"identity"}, purpose="protection")
    _draft(world, "R3", "K1", "Zarina", "Adolat", R3)
    _case(world, "K2", "Bahrom", ("identity", "contact", "place", "needs"))
    _join(world, "K2", "Bahrom", "Sabina")
    _asked(world, "K2", "Bahrom", {"shelter_social": R5})
    _draft(world, "R4", "K2", "Bahrom", "Panoh", R5)
    send_(world, "R4", "Bahrom")
    _case(world, "K3", "Zarina", ("contact", "place"), register=False)
    _case(world, "K5", "Jamshed", ("identity", "contact", "place", "needs"))
    _writes(world, "K5", "Jamshed", "criminal")
    _case(world, "K6", "Nargis", ("identity", "contact", "place", "needs"))
    _join(world, "K6", "Nargis", "Anora")
    _asked(world, "K6", "Nargis", {"shelter_social": R5})
    _draft(world, "R5", "K6", "Nargis", "Panoh", R5)
    with world.as_("Zarina") as zarina:
        cases.record_gap(zarina, world.case("K1"), service_codes=["HOME-01"], district="TJ-KT-01")


def _arrange(world: World, thing: str, who: str) -> None:
    """They said yes on the telephone, and when and where was agreed there."""
    with world.as_(who) as actor:
        confirm.call(actor, world.referral(thing), answer="said_yes")
        line = {"hour": "Canary agreed hour", "place": "Canary agreed place"}
        confirm.arrange(_again(actor), world.referral(thing), line=line)


def waiting(world: World) -> None:
    send_(world, "R1", "Zarina")
    send_(world, "R3", "Zarina")
    send_(world, "R5", "Nargis")
    _arrange(world, "R3", "Zarina")


def accepted(world: World) -> None:
    _accept(world, "R1", "Gulnora", "Parvina", "Sino")
    _accept(world, "R3", "Farhod", "Farhod")
    _accept(world, "R5", "Gulnora", "Lola")
    with world.as_("Gulnora") as actor:
        referral = world.referral("R4")
        receive.decline(actor, referral, version=referral.version, reason="full")


def left(world: World) -> None:
    with world.as_("Malika") as malika:
        team.release(malika, world.case("K1"), membership=world.membership("Nigina"))
    with world.as_("Zarina") as zarina:
        team.release(zarina, world.case("K1"), membership=world.membership("Firuza"))
    with world.as_("Hamid") as hamid:
        referral = world.referral("R1")
        receive.staff(hamid, referral, version=referral.version, leaves=[world.membership("Parvina")])


def serving(world: World) -> None:
    _serve(world, "R1", "Parvina", "K4")
    _serve(world, "R3", "Farhod", "K7")
    for who, thing in (("Parvina", "K4"), ("Farhod", "K7")):
        for name in ("contact", "needs"):
            _writes(world, thing, who, name)


def finished(world: World) -> None:
    _finish(world, "R1", "Parvina", "given")
    _finish(world, "R3", "Farhod", "given")
    _finish(world, "R5", "Lola", "refused")


def withdrawn(world: World) -> None:
    with world.as_("Zarina") as zarina:
        consent.withdraw(zarina, world.case("K1"), how_said="in_person")
    with world.as_("Nargis") as nargis:
        referral = world.referral("R5")
        send.recall(nargis, referral, version=referral.version, reason="mistake")


HAPPENS = {
    "waiting": waiting,
    "accepted": accepted,
    "left": left,
    "serving": serving,
    "finished": finished,
    "withdrawn": withdrawn,
}
"""What has happened at a moment since the one before."""
