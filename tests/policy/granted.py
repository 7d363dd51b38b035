"""What the database grants on its tables, typed: a test compares it with the catalog, in both directions.

Read every change here as a change of the walls: whoever may do more than before has a line that says so.
"""

EXEMPT: dict[str, str] = {
    "calendar_day": "working days are no secret",
    "django_content_type": "names of tables",
    "django_migrations": "names of migrations",
    "session_proof": "no grant at all",
    "world": "which world this is, and its clock",
}
"""Tables without row security, and why that is right (docs/design/keys-and-walls.md#row-security)."""

OPEN_ROWS = frozenset({"key_version", "lifecycle_machine", "lifecycle_row", "release_epoch"})
"""Row security is on and every row is for everybody: the tables of the rules."""

APP: dict[str, str] = {
    "account_emailaddress": "select",
    "app_user": "select update(language_code)",
    **dict.fromkeys(("body_key", "body_key_wrap", "calendar_day"), "select"),
    "case": (
        "select update(age_band_code children_code district_code doctor_code edited_at edited_by has_danger is_child "
        "language_code "
        "need_tonight_codes needs_interpreter next_step_code next_step_on region_code risk_code sex_code "
        "stairs_code version)"
    ),
    "case_access": "select",
    "case_clock": "select",
    "case_step": "select",
    "consent": "insert select",
    "consent_excluded": "insert select",
    "consent_row": "insert select",
    "contact": "insert select update(body epoch seal_no written_at written_by)",
    "criminal": "insert select update(body epoch seal_no written_at written_by)",
    "django_content_type": "select",
    "django_migrations": "select",
    "former_key": "select",
    "gap": "insert select",
    "health": "insert select update(body epoch seal_no written_at written_by)",
    "identity": "insert select update(body epoch seal_no written_at written_by)",
    "ledger": "select",
    "legal": "insert select update(body epoch seal_no written_at written_by)",
    "lifecycle_machine": "select",
    "lifecycle_row": "select",
    "membership": "select",
    "mfa_authenticator": "select update(created_at data last_used_at type user_id)",
    "need": "insert select update(body epoch seal_no written_at written_by)",
    "notice": "select update(read_at)",
    "operation": "insert select update(done_in done_tag object_id url_path)",
    "organisation": "select",
    "organisation_phone": "insert select update(by_coordinator phone)",
    "packet_body": "insert select",
    "packet_seal": "insert",
    "person_key": "select",
    "person_link": "select",
    "place": "insert select update(body epoch seal_no written_at written_by)",
    "psychosocial": "insert select update(body epoch seal_no written_at written_by)",
    "referral": (
        "select update(needed_from_on purpose_code recipient_kind_code service_code service_id "
        "to_organisation_id told_body urgency_code version)"
    ),
    "referral_access": "select",
    "referral_card": (
        "insert select update(age_band_code children_code doctor_code language_code needs_interpreter region_code "
        "risk_code sex_code stairs_code)"
    ),
    **dict.fromkeys(
        ("referral_clock", "referral_narrowed", "referral_origin", "referral_own_case", "referral_question"), "select"
    ),
    "referral_sender": "insert select update(consent_rows sections)",
    "referral_step": "select",
    "referral_step_by": "select",
    "referral_word": "select(referral_id)",
    "release_epoch": "select",
    "role_held": "select",
    "screening": "insert select update(body completed_at epoch seal_no set_codes state_code written_at written_by)",
    "section_key": "insert select",
    "set_aside": "insert select",
    "section_wrap": "insert select",
    "service": (
        "insert select update(admission_codes changed_at is_active is_full kept_by_desk language_codes "
        "name_en name_fr name_ru name_tg region_code text_en text_fr text_ru text_tg version)"
    ),
    "service_area": "insert select",
    "service_contact": "insert select update(address phone)",
    "service_hours": "insert select",
    "vault_session": "insert select update(at box key_no)",
    "world": "select",
}
"""What hk_app may do with which table; with names behind a word, only with these columns."""

CLOCK: dict[str, str] = {
    "app_user": "select(email id is_active language_code name)",
    "calendar_day": "select",
    "case": "select(age_settled_at begun_at id is_child opened_at organisation_id state_code version)",
    "case_clock": "select(calendar_version case_id clock_code done due_at id next_at period row_code rungs started_at)",
    "clock_failure": "select(act_code failures fault_code first_at last_at row_id)",
    "consent": "select(at case_id id number step_code)",
    "consent_excluded": "select(consent_id organisation_id)",
    "consent_row": (
        "select(answer_code asked_as_child child_answer_code consent_id id kind_code purpose_code sections "
        "speaker_code speaker_suspected until)"
    ),
    "django_content_type": "select",
    "django_migrations": "select",
    "key_version": "select",
    "ledger": "select",
    "ledger_checkpoint": "insert select",
    "ledger_seal": "insert select",
    "lifecycle_machine": "select",
    "lifecycle_row": "select",
    "membership": ("select(ended_at function_code id organisation_id serial since supervisor_id suspended_at user_id)"),
    "notice": "select",
    "notice_mail": "select update(mailed_at)",
    "organisation": (
        "select(actor_type_code compartment_code has_desk id is_active kind_code name_en name_fr name_ru name_tg "
        "region_code slug version)"
    ),
    "procrastinate_events": "select",
    "procrastinate_jobs": "select",
    "procrastinate_periodic_defers": "select",
    "procrastinate_workers": "select",
    "referral": (
        "select(answer_due_at answered_at arrival_on arrival_part_code code finished_at "
        "from_organisation_id id missed_at sent_at served_at service_code service_id state_code "
        "to_organisation_id urgency_code version visible_at written_at)"
    ),
    "referral_clock": (
        "select(calendar_version clock_code done due_at id next_at period referral_id row_code rungs started_at)"
    ),
    "referral_origin": "select(case_id referral_id)",
    "referral_word": "select(at how_said_code id referral_id side_code)",
    "release_epoch": "select",
    "role_held": "select",
    "sealer": "select update(beat head_mailed_on)",
    "service": "select(id is_active is_full organisation_id region_code service_code usual_answer_minutes)",
    "world": "select",
}
"""What hk_clock may do with which table; with names behind a word, only with these columns."""

STATS: dict[str, str] = {
    "world": "select",
}
"""What hk_stats may do with which table; with names behind a word, only with these columns."""
