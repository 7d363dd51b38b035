"""The invented bodies and their people (docs/design/demonstration.md#organisations-and-people). All names are invented.

No telephone, no address: what is not known in the world is not known in the demonstration either.
"""

from __future__ import annotations

from typing import NamedTuple


class Body(NamedTuple):
    """One body: kind, compartment, type (actors.yaml), region, district it sits in, services, names tg ru en fr."""

    kind: str
    compartment: str
    actor_type: str
    region: str
    services: tuple[str, ...]
    names: tuple[str, str, str, str]
    has_desk: bool = True

    @property
    def everywhere(self) -> bool:
        """Works in the whole country: advice and duties that need no bed nearby."""
        return self.actor_type in ("moi_tip_centre", "hotline", "international_org", "migration_service") or any(
            code.startswith(("LEGAL", "MHPSS")) for code in self.services
        )


BODIES: dict[str, Body] = {
    "mia-centre": Body(
        "state", "law_enforcement", "moi_tip_centre", "TJ-DU", ("SAFE-01", "JUST-01"),
        ("Маркази муқовимат ба савдои одамон", "Центр по противодействию торговле людьми",
         "Centre against trafficking in persons", "Centre de lutte contre la traite"),
    ),
    "prosecutor": Body(
        "state", "law_enforcement", "prosecutor", "TJ-SU", ("SAFE-04", "JUST-01"),
        ("Прокуратураи вилояти Суғд", "Прокуратура Согдийской области",
         "Prosecutor's office, Sughd", "Parquet de Soughd"),
    ),
    "social-protection": Body(
        "state", "service", "social_service", "TJ-KT", ("SOC-01", "COORD-01", "CHILD-01", "HOME-04"),
        ("Хадамоти иҷтимоии Хатлон", "Социальная служба Хатлона", "Social service, Khatlon",
         "Service social de Khatlon"),
    ),
    "hospital": Body(
        "state", "service", "health_facility", "TJ-RA",
        ("HEALTH-01", "HEALTH-02", "HEALTH-03", "HEALTH-04", "HEALTH-05"),
        ("Беморхонаи минтақавӣ", "Районная больница", "District hospital", "Hôpital de district"),
    ),
    "women-committee": Body(
        "state", "service", "women_committee", "TJ-SU", ("SOC-02", "MHPSS-05"),
        ("Кумитаи занон, Суғд", "Комитет по делам женщин, Согд", "Women's committee, Sughd",
         "Comité des femmes, Soughd"),
    ),
    "jamoat": Body(
        "state", "service", "jamoat", "TJ-RA", ("DOC-03",),
        ("Ҷамоати деҳот", "Джамоат", "Village administration", "Administration de village"), False,
    ),
    "migration-service": Body(
        "state", "service", "migration_service", "TJ-DU", ("WORK-01", "DOC-01"),
        ("Хадамоти муҳоҷират", "Миграционная служба", "Migration service", "Service des migrations"),
    ),
    "state-shelter": Body(
        "state", "service", "state_shelter", "TJ-DU", ("HOME-01", "HOME-05"),
        ("Паноҳгоҳи давлатӣ", "Государственный приют", "State shelter", "Foyer public"),
    ),
    "shelter-kulob": Body(
        "cso", "service", "ngo_shelter", "TJ-KT", ("HOME-02",),
        ("Паноҳгоҳ, Хатлон", "Приют, Хатлон", "Shelter, Khatlon", "Foyer, Khatlon"),
    ),
    "legal-aid": Body(
        "cso", "service", "ngo", "TJ-SU", ("LEGAL-01", "LEGAL-02", "LEGAL-03", "LEGAL-04", "LEGAL-05"),
        ("Идораи кумаки ҳуқуқӣ", "Бюро правовой помощи", "Legal aid office", "Bureau d'aide juridique"),
    ),
    "psych-centre": Body(
        "cso", "service", "ngo", "TJ-DU", ("MHPSS-01", "MHPSS-02", "MHPSS-03"),
        ("Маркази дастгирии равонӣ", "Центр психологической поддержки", "Psychological support centre",
         "Centre de soutien psychologique"),
    ),
    "hotline": Body(
        "cso", "service", "hotline", "TJ-DU", ("COORD-02",),
        ("Хати боварӣ", "Линия доверия", "Helpline", "Ligne d'écoute"),
    ),
    "cso-kulob": Body(
        "cso", "service", "ngo", "TJ-KT", ("SAFE-02", "COORD-01", "MOVE-01"),
        ("Ташкилоти ҷамъиятӣ, Кӯлоб", "Общественная организация, Куляб", "Civil society organisation, Kulob",
         "Organisation de la société civile, Kouliab"),
    ),
    "cso-pamir": Body(
        "cso", "service", "ngo", "TJ-GB", ("COORD-01",),
        ("Ташкилоти ҷамъиятӣ, Помир", "Общественная организация, Памир", "Civil society organisation, Pamir",
         "Organisation de la société civile, Pamir"),
    ),
    "int-org": Body(
        "international", "service", "international_org", "TJ-DU", ("WORK-02", "BASIC-03"),
        ("Ташкилоти байналмилалӣ", "Международная организация", "International organisation",
         "Organisation internationale"),
    ),
    "secretariat": Body(
        "state", "oversight", "commission_secretariat", "TJ-DU", (),
        ("Котиботи комиссия", "Секретариат комиссии", "Secretariat of the commission", "Secrétariat de la commission"),
        False,
    ),
}  # fmt: skip


class Person(NamedTuple):
    """Somebody at work: body, roles, function, supervisor, given name, language of the pages."""

    body: str
    roles: tuple[str, ...]
    function: str
    supervisor: str
    name: str
    language: str = "tg"


WORKS = ("case_worker", "desk_officer")

PEOPLE: dict[str, Person] = {
    "malika@umed.example": Person("cso-kulob", ("supervisor",), "", "", "Малика", "tg"),
    "shahnoza@panoh.example": Person("shelter-kulob", ("supervisor",), "", "", "Шаҳноза", "tg"),
    "zarina@umed.example": Person(
        "cso-kulob", ("case_worker",), "social_worker", "malika@umed.example", "Зарина", "tg"
    ),
    "firuza@umed.example": Person("cso-kulob", ("case_worker",), "psychologist", "malika@umed.example", "Фируза", "tg"),
    "nigora@umed.example": Person("cso-kulob", WORKS, "social_worker", "malika@umed.example", "Нигора", "tg"),
    "gulnora@panoh.example": Person(
        "shelter-kulob", WORKS, "shelter_worker", "shahnoza@panoh.example", "Гулнора", "tg"
    ),
    "parvina@panoh.example": Person(
        "shelter-kulob", ("case_worker",), "shelter_worker", "shahnoza@panoh.example", "Парвина", "tg"
    ),
    "dilshod@legal.example": Person("legal-aid", WORKS, "lawyer", "", "Дилшод", "tg"),
    "said@mia.example": Person("mia-centre", WORKS, "investigator", "", "Саид", "ru"),
    "nargis@social.example": Person("social-protection", WORKS, "social_worker", "", "Наргис", "tg"),
    "tahmina@women.example": Person("women-committee", WORKS, "social_worker", "", "Таҳмина", "tg"),
    "bahrom@hospital.example": Person("hospital", WORKS, "health_worker", "", "Баҳром", "ru"),
    "jamshed@migration.example": Person("migration-service", WORKS, "social_worker", "", "Ҷамшед", "tg"),
    "mavluda@stateshelter.example": Person("state-shelter", WORKS, "shelter_worker", "", "Мавлуда", "tg"),
    "lola@psych.example": Person("psych-centre", WORKS, "psychologist", "", "Лола", "ru"),
    "umeda@hotline.example": Person("hotline", (*WORKS, "hotline_operator"), "social_worker", "", "Умеда", "tg"),
    "rustam@prosecutor.example": Person("prosecutor", WORKS, "investigator", "", "Рустам", "ru"),
    "anna@intorg.example": Person("int-org", WORKS, "social_worker", "", "Анна", "en"),
    "sitora@other.example": Person("cso-pamir", WORKS, "social_worker", "", "Ситора", "tg"),
    "davlat@other.example": Person("cso-pamir", ("case_worker",), "social_worker", "", "Давлат", "tg"),
    "manzura@other.example": Person("cso-pamir", ("case_worker",), "psychologist", "", "Манзура", "tg"),
    "farida@commission.example": Person("secretariat", ("national_coordinator",), "", "", "Фарида", "tg"),
    "olim@commission.example": Person("secretariat", ("auditor",), "", "", "Олим", "tg"),
}

CUSTODIANS = {
    "karim@keys.example": "Карим",
    "zulfiya@keys.example": "Зулфия",
    "nodir@keys.example": "Нодир",
    "rayhon@keys.example": "Райҳон",
}
"""Four serve all bodies, two at each: a small body borrows them."""

ADMINISTRATORS = {"suhrob@office.example": "Суҳроб", "mehri@office.example": "Меҳрӣ"}


def custodians_of(slug: str) -> tuple[str, str]:
    """The two who keep this body's keys."""
    pair = list(CUSTODIANS)
    return (pair[0], pair[1]) if list(BODIES).index(slug) % 2 == 0 else (pair[2], pair[3])


def worker_of(slug: str) -> str:
    """Who answers and works at this body."""
    return next(email for email, person in PEOPLE.items() if person.body == slug and "desk_officer" in person.roles)


AREAS = {
    "TJ-KT": ("TJ-KT-01", "TJ-KT-02", "TJ-KT-03"),
    "TJ-SU": ("TJ-SU-01", "TJ-SU-02"),
    "TJ-DU": ("TJ-DU-01",),
    "TJ-RA": ("TJ-RA-01", "TJ-RA-02"),
    "TJ-GB": ("TJ-GB-02", "TJ-GB-03"),
}
"""Districts of the invented people, by region."""
