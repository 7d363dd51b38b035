"""Every guard of casework's lifecycles and the sentence shown when it is not true. What any machine asks: lifecycle.py.

See docs/design/lifecycles.md#guards-and-their-sentences.
The sentences are English sources for the catalogues; whoever shows one translates it, then fills the placeholders
with the values that the refusal carries.
"""


def _(sentence: str) -> str:
    """Marks a sentence for the catalogues and returns it as it is: rules know no language."""
    return sentence


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Marks a sentence in which a number chooses the form; each language has its own number of forms."""
    return one, many


COUNTED: dict[str, tuple[str, str]] = {
    "open_work": ngettext(
        "{n} request is open. End or move it first.",
        "{n} requests are open. End or move them first.",
    ),
    "no_open_referral": ngettext(
        "{n} request waits or is questioned. End it first.",
        "{n} requests wait or are questioned. End them first.",
    ),
}
"""Guards whose sentence counts: how it reads for one, and for several."""

SENTENCES: dict[str, str] = {
    # any step
    "vault_open": _("Give your passphrase first."),
    "recent_sign_in": _("Sign in once more for this."),
    "release_epoch": _("The server changed a key at this moment. Send it once more."),
    "tag_mismatch": _("Hamkori cannot confirm this record. Nothing was sent. The operator has been told."),
    "unwritten": _(
        "This could not be written down, and the operator has been told. What she takes back, refuses or wants ended"
        " goes to nobody any more all the same. What she agrees to was not saved. Write it down once more."
    ),
    "unwritten_gone": _(
        "You do not work here any more, or your session has ended, so this could not be written down. What she takes"
        " back, refuses or wants ended goes to nobody any more all the same. Somebody who works here writes it down."
    ),
    "sent_before": _(
        "This form was saved before with other answers. What it says now was not saved: open the page again and enter"
        " it there."
    ),
    "page_of": _(
        "This page was opened before Hamkori was updated, or for another case or referral than the one that is here"
        " now. Nothing was written. Open it again, and look whose it is."
    ),
    "time_passed": _("Its time has not come yet."),
    "body_closed": _("This organisation still works with Hamkori."),
    "case_open": _("This case is not open. Register or reopen it."),
    "case_closed": _(
        "This case is closed. A yes is saved only while an organisation is helping; else reopen it first."
    ),
    "body_ready": _("Your body's keys are not ready. Ask your administrator."),
    # her agreement
    "consent_asked": _("She has not been asked. Ask her first."),
    "police_not_refused": _(
        "She said no to the police. Nothing can be sent there. In danger to life, telephone {life}."
    ),
    "consent_not_refused": _("She said no to this. Other help goes on."),
    "consent_live": _("Her agreement does not hold now. Ask her again."),
    "section_agreed": _('She did not agree to share "{section}". Take it out.'),
    "told_body": _("Tell her which body this goes to, then tick the box."),
    "text_language": _("In which language was it read?"),
    "how_given": _("How did she agree?"),
    "until_ok": _("Choose a date within 180 days."),
    "how_said": _("Say how she told you."),
    # a child
    "child_speaker": _("A child needs an adult who may speak."),
    "child_guardian_clear": _("This guardian may be involved. Choose another person."),
    "child_agrees": _("The child said no."),
    "child_final": _(
        "The child has said no to the police. That is final: nothing goes to the police while the person is a child."
    ),
    "child_answer": _("Ask the child too, or say why not."),
    "child_contact": _("Name a guardianship or child protection contact."),
    # sending
    "body_allowed": _("She does not want this body. Choose another."),
    "not_own_body": _("This is your own body. Add a colleague instead."),
    "body_may_receive": _("This body oversees; it receives no people."),
    "service_active": _("This service is not offered now."),
    "desk_ready": _("Nobody there can answer in Hamkori."),
    "no_twin": _("One waits already, until {time}. Recall it, or wait."),
    "police_typed": _("Type the name of this police body."),
    "transfer_agreed": _("She must agree to the transfer, with her name."),
    "no_other_waiting": _("End the other waiting requests first."),
    "not_yet_visible": _("The desk has it. Recall it with a reason."),
    # answering
    "no_open_question": _("One question is still open."),
    "under_three": _("Three questions were asked. Accept or decline."),
    "team_named": _("Name who will meet her."),
    "arrival_given": _("Say when she can come."),
    "service_open": _("This service is full now."),
    "within_24h": _('24 hours have passed. Finish with "we could not give it".'),
    "under_two_moves": _("Moved twice already. Speak with the sender."),
    "arrival_passed": _("The agreed time has not come yet."),
    "heard_given": _("Say whether the person came, or that you called."),
    "not_missed": _("The other organisation has already said that the person did not come. Call them."),
    # after help
    "result_given": _("Choose a result."),
    "her_view": _("What did she say? If not asked, say why."),
    "not_disputed_before": _('Questioned once. Confirm with "we do not agree".'),
    "by_letter": _("This request did not go by letter."),
    "answer_code": _("This code is not on the letter. Ask again."),
    # people
    "may_join": _("This person cannot be added."),
    "last_member": _("Name another person first."),
    "last_desk": _("Name another person first."),
    "open_work": COUNTED["open_work"][1],
    # the case
    "need_tonight": _('What does she need tonight? (or "not asked")'),
    "name_or_code": _("Write what to call her, or take the code."),
    "district": _("Choose a district."),
    "screening_done": _("Finish the signs first, or mark danger."),
    "danger_answered": _('Answer the danger questions, or mark "not asked".'),
    "sets_by_age": _("Use the signs for this age and form."),
    "no_screening": _("There is work in this draft. Register it."),
    "no_open_referral": COUNTED["no_open_referral"][1],
    "outcome_given": _("Choose an outcome."),
    "transfer_served": _("They have not met her yet."),
}

PLAIN: dict[str, str] = {
    "section_agreed": _("She did not agree to share one of these parts. Take it out."),
    "no_twin": _("One waits already. Recall it, or wait."),
    "open_work": _("Requests are open. End or move them first."),
    "no_open_referral": _("Requests wait or are questioned. End them first."),
}
"""What a guard says where its values are not known, as when the database itself refuses: never half a sentence."""
