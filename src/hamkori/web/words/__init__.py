"""What codes, sections, steps and reasons are called on pages: one place for what two areas say."""

from enum import StrEnum


class Audience(StrEnum):
    """Whom a word is for: one thing is called otherwise in the case's own file than across a desk."""

    FILE = "file"
    ASKED = "asked"
    SENDER = "sender"
    RECEIVER = "receiver"
