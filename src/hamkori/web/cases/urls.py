"""Addresses of cases. The last word of an address is the action's name."""

from django.urls import path

from hamkori.web.cases import editing, ending, history, listing, page, people, register, section

urlpatterns = [
    path("", listing.listing, name="cases"),
    path("new/", register.new, name="new_case"),
    path("<str:code>/", page.page, name="case"),
    path("<str:code>/register/", register.register, name="register"),
    path("<str:code>/edit/", editing.edit, name="edit_case"),
    path("<str:code>/section/", section.section, name="section"),
    path("<str:code>/print/", page.summary, name="print_case"),
    path("<str:code>/discard/", ending.discard, name="discard_case"),
    path("<str:code>/settle_age/", ending.settle_age, name="settle_age"),
    path("<str:code>/tell_child_protection/", ending.tell_child_protection, name="tell_child_protection"),
    path("<str:code>/history/", history.history, name="history"),
    path("<str:code>/who/", people.who, name="who"),
    path("<str:code>/admit/", people.admit, name="admit"),
    path("<str:code>/release/", people.release, name="release"),
    path("<str:code>/leave/", people.leave, name="leave"),
    path("<str:code>/close/", ending.close, name="close"),
    path("<str:code>/reopen/", ending.reopen, name="reopen"),
]
