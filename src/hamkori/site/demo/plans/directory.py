"""What each invented body offers, where and when. As the owner: no screen fills in a directory for others."""

from psycopg import sql

from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands
from hamkori.site.demo.plans.people.bodies import BODIES, Body

ADMITS = {"HOME-05": ["men"], "HOME-04": ["children"], "HOME-02": ["women", "women_with_children"]}
NAMELESS = {f"{text}_{language}": "" for text in ("name", "text") for language in ("tg", "ru", "en", "fr")}
WORKDAYS = range(1, 6)


def plan(director: Director, hands: Hands) -> None:
    """The services, as soon as there are bodies."""

    def services() -> None:
        for body in BODIES.values():
            for code in body.services:
                _service(hands, body, code)

    director.founds("services", services, after=("bodies",))


def _service(hands: Hands, body: Body, code: str) -> None:
    service = hands.insert(
        "service",
        organisation_id=hands.known("bodies", body.slug),
        service_code=code,
        region_code=body.region,
        is_active=True,
        is_full=False,
        admission_codes=ADMITS.get(code, ["anyone"]),
        language_codes=["tg", "ru"],
        search_text="",
        source_code="",
        kept_by_desk=True,
        version=1,
        changed_at=sql.SQL("hk_now()"),
        **NAMELESS,
    )
    for area in filter(None, ("TJ" if body.everywhere else body.region, body.district)):
        hands.insert("service_area", service_id=service, area_code=area)
    for day in WORKDAYS:
        hands.insert("service_hours", service_id=service, day=day, opens=8 * 60, closes=17 * 60)
    hands.remember("services", body.slug, code, made=service)
