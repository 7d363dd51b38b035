"""Addresses of cases. The last word of an address is the action's name."""

from django.urls import path

from hamkori.web.cases import (
    asked_alone,
    danger,
    editing,
    ending,
    goes_on,
    history,
    listing,
    looking,
    page,
    people,
    register,
    section,
)

urlpatterns = [
    path("", listing.listing, name="cases"),
    path("find/", listing.find, name="find_case"),
    path("new/", register.new, name="new_case"),
    path("<str:code>/", page.page, name="case"),
    path("<str:code>/register/", register.register, name="register"),
    path("<str:code>/edit/", editing.edit, name="edit_case"),
    path("<str:code>/danger/", danger.said, name="danger_said"),
    path("<str:code>/danger-told/", danger.told, name="danger_told"),
    path("<str:code>/ask-alone/", asked_alone.ask_alone, name="ask_alone"),
    path("<str:code>/looked_for/", looking.looked_for, name="looked_for"),
    path("<str:code>/help_said/", goes_on.help_said, name="help_said"),
    path("<str:code>/section/", section.section, name="section"),
    path("<str:code>/set-aside/", section.aside, name="set_aside"),
    path("<str:code>/print/", page.summary, name="print_case"),
    path("<str:code>/discard/", ending.OF_CASE.view(ending.DISCARD), name="discard_case"),
    *ending.OF_CASE.urls(*ending.STEPS),
    path("<str:code>/history/", history.history, name="history"),
    path("<str:code>/who/", people.who, name="who"),
    path("<str:code>/admit/", people.admit, name="admit"),
    path("<str:code>/release/", people.release, name="release"),
    path("<str:code>/leave/", people.leave, name="leave"),
]
