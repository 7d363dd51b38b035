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
        "{n} referral is open. End or move it first.",
        "{n} referrals are open. End or move them first.",
    ),
    "no_open_referral": ngettext(
        "{n} referral is not finished, or is disputed. End it first.",
        "{n} referrals are not finished, or are disputed. End them first.",
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
        "This could not be written down, and the operator has been told. What the person "
        "withdraws, refuses or wants ended is sent to nobody any more all the same. What the "
        "person agrees to was not saved. Write it down once more."
    ),
    "unwritten_gone": _(
        "You do not work here any more, or your session has ended, so this could not be written "
        "down. What the person withdraws, refuses or wants ended is sent to nobody any more all "
        "the same. Somebody who works here writes it down."
    ),
    "sent_before": _(
        "This page was saved before with other answers. What it says now was not saved: open the "
        "page again and enter it there."
    ),
    "summary_same": _("The summary has changed since you opened this page: read it again."),
    "age_since": _("The age was corrected since this page was opened. Ask the person, on this page as it is now."),
    "page_of": _(
        "Nothing was written. This page was opened for another case or referral, or before an update. Open it again,"
        " and look whose it is."
    ),
    "said_by_me": _("You have said already ({time}): “{what}”. Nothing was changed."),
    "said_by": _("{name} has said already ({time}): “{what}”. Nothing was changed."),
    "accepted_since": _(
        "Nothing was written: they accepted meanwhile, and expect the person. If you told the person not to go, tell "
        "them now what holds."
    ),
    "yes_since": _("Nothing was written: they said yes by telephone ({time}), and expect the person."),
    "call_in_time": _("The call was not recorded: this referral is “{state}” by now, and no answer is awaited."),
    "accepted_and_no": _(
        "The call was not recorded: they accepted in Hamkori ({time}), and you heard a no. Call them once more."
    ),
    "call_stands": _("Not put back: that call counts no more already, or they have answered since."),
    "yes_by_telephone": _("Not saved: their last word by telephone is not a yes. Record first what they said."),
    "line_as_read": _("Not saved yet: hour or meeting point were written anew since this page was opened."),
    "heard_since": _(
        "The sender said ({time}): “{what}”. Nothing was written here: open the referral and say it there."
    ),
    "ended_since": _("This referral ended ({time}). Nothing was written."),
    "said_elsewhere": _("Not saved yet. Recorded meanwhile: {what}. Say once more how it is now."),
    "place_known": _("A place for tonight was recorded already ({time}): {what}. Nothing was written."),
    "place_ended": _("{what} Nothing was written."),
    "whose_place": _("Say whose place it is. Nothing was written."),
    "which_place": _("Choose the organisation from the list, or say that it is not listed. Nothing was written."),
    "place_called_off": _("Nobody has to be called about that place any more. Nothing was written."),
    "place_asked": _("Nobody asks about that place any more. Nothing was written."),
    "is_looked_for": _("Nobody is looked for here any more. Nothing was written."),
    "said_safe": _("Nothing was put back. {who} said since then ({time}): “{what}”."),
    "help_asked": _("Nobody asks whether help goes on any more. Nothing was written."),
    "sent_once": _("This was sent before you pressed. What you wrote here was not sent."),
    "not_told_yet": _("Child protection was told already ({time}): the time limit has stopped. Nothing was changed."),
    "told_today": _(
        "Nothing was put back: it is not recorded that child protection was told, or that was more than a day ago."
    ),
    "of_a_child": _("The person is recorded as an adult: nothing was written. If under 18, confirm the age first."),
    "time_passed": _("Its time has not come yet."),
    "body_closed": _("This organisation still works with Hamkori."),
    "case_open": _("This case is not open. Register or reopen it."),
    "case_closed": _(
        "This case is closed. A yes is saved only while an organisation is helping; else reopen it first."
    ),
    "body_ready": _("Your organisation's keys are not ready. Ask your administrator."),
    # her agreement
    "consent_asked": _("The person has not been asked. Ask first."),
    "police_not_refused": _(
        "The person said no to the police. Nothing can be sent there. If a life is in danger, call {life}."
    ),
    "consent_not_refused": _("The person said no to this. Other help continues."),
    "consent_live": _("The consent is not valid now. Ask the person again."),
    "section_agreed": _('The person did not agree to share "{section}". Take it out.'),
    "told_body": _("Tell the person which organisation this is sent to. Then send."),
    "text_language": _("In which language was it read?"),
    "how_given": _("How did the person say yes?"),
    "until_ok": _("Choose a day from today on, at most 180 days ahead."),
    "how_said": _("Say how the person told you."),
    # a child
    "child_speaker": _("A child needs an adult who may speak."),
    "child_guardian_clear": _("This adult may be involved. Choose another person."),
    "child_agrees": _("The child said no."),
    "child_final": _(
        "The child has said no to the police. That is final: nothing is sent to the police while the person is a child."
    ),
    "child_no": _("The child said no here. An adult’s yes does not change it: only the child, asked again, does."),
    "child_answer": _("Ask the child too, or say why not."),
    "child_contact": _("Name a guardianship or child protection contact."),
    # sending
    "body_allowed": _("The person does not want this organisation to get anything. Choose another."),
    "not_own_body": _("This is your own organisation. Add a colleague instead."),
    "body_may_receive": _("This organisation only coordinates. It does not receive people."),
    "service_active": _("This service is not offered now."),
    "desk_ready": _("Nobody there can answer in Hamkori."),
    "no_twin": _("One waits already, until {time}. Cancel it, or wait."),
    "police_typed": _("Type the name of this police organisation."),
    "transfer_agreed": _("The person must agree to the transfer, with the name."),
    "no_other_waiting": _("End the other waiting referrals first."),
    "not_yet_visible": _("The referral desk has it. Cancel it with a reason."),
    # answering
    "no_open_question": _("One question is still open."),
    "under_three": _("Three questions were asked. Accept or decline."),
    "team_named": _("Name who will meet the person."),
    "arrival_given": _("Say when the person can come."),
    "service_open": _("This service is full now."),
    "within_24h": _('24 hours have passed. Finish with "we could not give it".'),
    "under_two_moves": _("Moved twice already. Speak with the sender."),
    "arrival_passed": _("The agreed time has not come yet."),
    "heard_given": _("Say whether the person came, or that you called."),
    "not_missed": _("The other organisation has already said that the person did not come. Call them."),
    # after help
    "result_given": _("Choose a result."),
    "sleeps_there": _("With this result the person does not sleep there any more."),
    "her_view": _("What did the person say? If not asked, say why."),
    "not_disputed_before": _('Disputed once. Confirm with "we do not agree".'),
    "is_stopped": _("This referral has not stopped. Nothing has to be decided here."),
    "on_said": _("It was said already ({time}): {what}. Nothing was changed."),
    "not_settled": _("Somebody has said already that nothing more is to do. Nothing was changed."),
    "time_as_read": _(
        "This referral has changed since the page was opened. Read when and where the person is expected, then say "
        "that you told them."
    ),
    "line_read": _(
        "Not saved. Hour or meeting point are written: open them first, tell the person, then say here that you told "
        "them."
    ),
    "not_told": _("Somebody has said already that the person was told. Nothing was changed."),
    "told_of_a_no": _(
        "Not saved: they said no by telephone {time}. If you told the person to come, tell them not to go, then say so "
        "on Today."
    ),
    "told_of_an_end": _(
        "Not saved: {time} it was ended by a no that is not certain to be the person's. If you told the person to "
        "come, they may be on the way: ask them first."
    ),
    "is_told": _("Nobody has said that the person was told. Nothing was changed."),
    "is_settled": _("It waits already. Nothing was changed."),
    "is_on_the_way": _("That was said already, or the agreed time is over. Nothing was written."),
    "warning_as_read": _(
        "Not saved yet: since this page was opened they said yes, then no again, or the person was told anew. "
        "Tell the person, then say so here."
    ),
    "sender_to_call": _("The sender was called already, or the agreed time is over. Nothing was written."),
    "who_left": _("Nothing was written: nobody is looked for in this referral. If you know more, call the sender."),
    "who_left_said": _("Nothing was written: your team has said this already. Call the sender, too."),
    "who_left_safe": _(
        "Nothing was written: the sender knows that the person is safe. If you know more, call the sender."
    ),
    "who_left_confirmed": _("Nothing was written: the sender has confirmed the result. Call the sender."),
    "lead_there": _("This case has no lead worker."),
    "not_told_lately": _("The team was told within the last 12 hours. Nobody was told again."),
    "by_letter": _("This referral was not sent by letter."),
    "answer_code": _("This number is not on the letter. Ask again."),
    # people
    "may_join": _("This person cannot be added."),
    "last_member": _("Name another person first."),
    "last_desk": _("Name another person first."),
    "open_work": COUNTED["open_work"][1],
    # the case
    "need_tonight": _('What does the person need tonight? (or "not asked")'),
    "name_or_code": _("Write what to call the person, or use the number."),
    "district": _("Choose a district."),
    "screening_done": _("Finish the questions about the signs first, or mark danger."),
    "danger_answered": _('Answer the danger questions, or mark "not asked".'),
    "sets_by_age": _("Use the signs for this age and type of exploitation."),
    "no_screening": _("Something is written in this draft already. Register it."),
    "no_open_referral": COUNTED["no_open_referral"][1],
    "outcome_given": _("Choose an outcome."),
    "heard": _("There is a no that is not certain to be the person's. Ask the person first."),
    "transfer_served": _("They have not met the person yet."),
}

PLAIN: dict[str, str] = {
    "accepted_and_no": _("The call was not recorded: they accepted in Hamkori. Call them once more."),
    "place_ended": _("That place has ended. Nothing was written."),
    "said_safe": _("Nothing was put back: something else was said of the person since, or the time for it is over."),
    "place_known": _("A place for tonight was recorded already. Nothing was written."),
    "section_agreed": _("The person did not agree to share one of these parts. Take it out."),
    "no_twin": _("One waits already. Cancel it, or wait."),
    "said_by_me": _("You have said this already. Nothing was changed."),
    "said_by": _("A colleague has said this already. Nothing was changed."),
    "said_elsewhere": _("Something else was recorded of the person meanwhile. Say once more how it is now."),
    "yes_since": _("Nothing was written: they said yes by telephone since, and expect the person."),
    "told_of_a_no": _(
        "Not saved: they said no by telephone. If you told the person to come, tell them not to go, then say so on "
        "Today."
    ),
    "told_of_an_end": _(
        "Not saved: it was ended by a no that is not certain to be the person's. If you told the person to come, they "
        "may be on the way: ask them first."
    ),
    "call_in_time": _("The call was not recorded: no answer is awaited."),
    "on_said": _("It was said already whether help goes on. Nothing was changed."),
    "heard_since": _("The sender has said something of the arrival. Nothing was written."),
    "ended_since": _("This referral has ended. Nothing was written."),
    "not_told_yet": _("Child protection was told already. Nothing was changed."),
    "open_work": _("Referrals are open. End or move them first."),
    "no_open_referral": _("Referrals are not finished, or are disputed. End them first."),
}
"""What a guard says where its values are not known, as when the database itself refuses: never half a sentence."""
