"""Who speaks for a child, as it was said with a corrected age: chosen beforehand until the consent is asked.

A consent keeps who spoke, and nobody has spoken yet. The browser's locked session remembers it for one case, with the
code of the answer alone, so that no address carries it.
"""

from django.http import HttpRequest

NAME = "hk_speaker"


def remember(request: HttpRequest, code: str, speaker: str) -> None:
    """This adult will speak in this case; '' forgets whom it was."""
    if speaker:
        request.session[NAME] = [code, speaker]
    elif of(request, code):
        del request.session[NAME]


def of(request: HttpRequest, code: str) -> str:
    """Who was named for this case in this session; '' where nobody was."""
    kept = request.session.get(NAME)
    return str(kept[1]) if kept and kept[0] == code else ""
