"""Guards of decisions of two, and the sentence shown when one is not true. English sources, as in casework's rules."""

_ = str
"""Marks a sentence for the catalogues, which stays as it is: rules know no language."""

SENTENCES: dict[str, str] = {
    "may_hold": _("This role does not fit with the person's other work."),
    "subject_live": _("This no longer fits. Begin again."),
    "key_changed": _("Somebody took a new passphrase while you wrote. Nothing was changed. Press once more."),
    "other_browser": _("This session belongs to the browser in which it began. Sign out, and sign in again."),
    "none_waiting": _("This was asked already and waits for another key holder."),
}
"""Beside these, decisions of two ask guards whose sentences stand with every machine's (`lifecycle`) and casework's."""
