"""The people whom a visitor of the demonstration may be, in the order of the first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Persona:
    """One door: whose e-mail, who that is, and in which body, in plain words."""

    email: str
    name: str
    title: str | Promise
    body: str | Promise


PERSONAS: dict[str, Persona] = {
    "caseworker-cso": Persona("zarina@kulob.example", "Зарина", _("Social worker"), _("An aid organisation in Kulob")),
    "supervisor-cso": Persona("malika@kulob.example", "Малика", _("Supervisor"), _("The same organisation")),
    "desk-shelter": Persona("gulnora@panoh.example", "Гулнора", _("Referral officer"), _("A shelter in Khatlon")),
    "shelter-worker": Persona("parvina@panoh.example", "Парвина", _("Shelter worker"), _("The same shelter")),
    "lawyer": Persona("dilshod@legal.example", "Дилшод", _("Lawyer"), _("A legal aid office")),
    "investigator": Persona("said@mia.example", "Саид", _("Investigator"), _("A police unit against trafficking")),
    "social-service": Persona("nargis@social.example", "Наргис", _("Social worker"), _("A state social service")),
    "coordinator": Persona("farida@commission.example", "Фарида", _("National coordinator"), _("The secretariat")),
    "stranger": Persona(
        "sitora@other.example",
        "Ситора",
        _("Referral officer of another organisation"),
        _("Not added to any of these cases"),
    ),
}
