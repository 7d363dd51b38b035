"""Reads Today of everybody in a copy of the invented world, and opens what each row leads to.

`python -m tests.web.todays FILE`, in the environment of the web process, prints JSON. FILE: where everybody's cookies
are. What somebody answers for is asked of the database in its own words here, not by the queries of the page.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import django
import psycopg
from django.test import Client

from hamkori.site.demo.cast import PERSONAS

# A row, or a line of one: what else is to do for the same person.
ROW = re.compile(r'<a class="(?:what|line)" href="([^"]+)"')
TOLD = re.compile(r'<ul class="work" id="called-off">.*?</ul>', re.DOTALL)
CASE = re.compile(r'<p class="sub">\s*<a class="code" href="/cases/(\d{8})/">')
HERS = "You or the lead worker can say it"
"""Of a supervisor alone: what stands above the rest of Today for whose it is, and not for how red it is (ADR 0166)."""
IN_TIME = "Your team: in time"
"""Of a supervisor alone: what the team still has time for stands below, urgent or not (ADR 0145)."""
CARD = re.compile(r'<section class="card flush"[^>]*>(?:(?!</section>).)*<ul class="work">.*?</section>', re.DOTALL)
HEAD = re.compile(r'<h2[^>]*>([^<]+)</h2><span class="tag[^"]*">(?:<span>)?(\d+)\D')
MARKED = re.compile(r'class="(?:when late|when soon|at t-late|at t-wait)"')
SENTENCE = re.compile(r"<h1>.*?<small>(.*?)</small>", re.DOTALL)
LISTED = re.compile(r'<th scope="row"><a href="/cases/(\d{8})/')
NEXT = re.compile(r'href="(/\?[^"]+)" rel="next"')
SAID = re.compile(r'<p class="sub[^"]*">(.*?)</p>', re.DOTALL)
Read = Callable[[str], tuple[int, str]]
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
LINK = re.compile(r'<a class="btn quiet small" href="([^"]+)">([^<]+)<')
SENDS = re.compile(r"<button[^>]*>(?:<svg.*?</svg>)?([^<]+)", re.DOTALL)
GOES = re.compile(r'<a class="btn[^"]*" href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?([^<]+)', re.DOTALL)
# "Refer" stands at the top of every case, whatever its row on Today is about.
BUTTON = re.compile(r'<button[^>]* type="submit"|<button(?![^>]* type=)|<a class="btn(?![^>]*/cases/\d{8}/refer/")')

ANSWERS_FOR = """
select u.email, r.code, c.code, ''
  from app_user u join membership m on m.user_id = u.id
  join case_access a on a.membership_id = m.id and a.ended_at is null and a.suspended_at is null
  join "case" c on c.id = a.case_id and c.state_code = 'open'
  join referral_origin o on o.case_id = c.id join referral r on r.id = o.referral_id
  join referral_sender s on s.referral_id = r.id
 where (r.state_code in ('declined', 'lapsed', 'unaccepted') or r.state_code = 'accepted' and r.missed_at is not null)
   and s.settled_at is null
   and not exists (select 1 from case_step t where t.case_id = c.id and t.step_code = 'reopen'
                      and t.at >= coalesce(r.ended_at, r.missed_at))
   and not exists (select 1 from referral_origin p join referral n on n.id = p.referral_id
                    where p.case_id = c.id and n.sent_at > coalesce(r.ended_at, r.missed_at)
                      and split_part(n.service_code, '-', 1) in (
                          split_part(r.service_code, '-', 1), split_part(r.suggested_service_code, '-', 1)))
    or r.state_code = 'sent' and r.answer_due_at <= hk_now()
    or r.state_code = 'accepted' and r.missed_at is null and exists (
           select 1 from referral_clock k
            where k.referral_id = r.id and k.clock_code = 'arrival' and k.due_at <= hk_now())
union
select u.email, '', c.code, ''
  from app_user u join membership m on m.user_id = u.id
  join case_access a on a.membership_id = m.id and a.ended_at is null and a.suspended_at is null
  join "case" c on c.id = a.case_id and c.state_code = 'open'
 where a.kind_code in ('lead', 'supervisor') and (c.next_step_on is null or c.next_step_on < hk_now()::date)
union
select u.email, '', c.code, 'consent'
  from app_user u join membership m on m.user_id = u.id
  join case_access a on a.membership_id = m.id and a.ended_at is null and a.suspended_at is null
  join "case" c on c.id = a.case_id and c.state_code = 'open'
  join case_clock k on k.case_id = c.id and k.clock_code = 'consent' and k.due_at <= hk_now()
 where a.kind_code in ('lead', 'member', 'supervisor')
union
select u.email, r.code, c.code, ''
  from app_user u join membership m on m.user_id = u.id
  join case_access a on a.membership_id = m.id and a.ended_at is null and a.suspended_at is null
  join "case" c on c.id = a.case_id and c.state_code = 'open'
  join referral_origin o on o.case_id = c.id join referral r on r.id = o.referral_id
 where a.kind_code in ('lead', 'member') and r.state_code = 'sent' and r.urgency_code = 'urgent'
union
select u.email, r.code, '', ''
  from app_user u join membership m on m.user_id = u.id
  join role_held h on h.membership_id = m.id and h.role_code = 'desk_officer' and h.ended_at is null
  join referral r on r.to_organisation_id = m.organisation_id
 where r.state_code = 'sent' and r.visible_at <= hk_now() and r.answer_due_at <= hk_now()
union
select u.email, r.code, '', ''
  from app_user u join membership m on m.user_id = u.id
  join role_held h on h.membership_id = m.id and h.role_code = 'national_coordinator' and h.ended_at is null,
  referral r
 where r.state_code = 'sent' and r.answer_due_at <= hk_now()
    or r.state_code = 'lapsed' and r.reason_code = 'no_answer' and r.ended_at > hk_now() - interval '30 days'
"""


def main(file: Path) -> None:
    """One line of JSON: by person what they answer for, and the rows of their Today with what each opens."""
    django.setup()
    said = json.loads(file.read_text())["doors"]
    doors = {PERSONAS[name].email if name in PERSONAS else name: cookies for name, cookies in said.items()}
    with psycopg.connect(os.environ["HAMKORI_OWNER_URL"], autocommit=True, options="-c role=hk_owner") as owner:
        held = owner.execute(ANSWERS_FOR).fetchall()
    found: dict[str, Any] = {}
    for email in sorted({email for email, *_what in held} & doors.keys()):
        client = Client(SERVER_NAME="localhost")
        for name, value in doors[email].items():
            client.cookies[name] = value
        client.cookies["hk_language"] = "en"
        rows, links, address, told, red, later, hers = [], [], "/", set(), [], [], set()
        counted: list[list[Any]] = []
        lines: list[str] = []
        said_first = ""
        while address:
            page = client.get(address).content.decode()
            rows += ROW.findall(page.partition('id="news"')[0])
            links += LINK.findall(page.partition('id="news"')[0])
            lines += SAID.findall(page.partition('id="news"')[0])
            said_first = said_first or _sentence(page)
            for title, number, *found_there in map(_counted, CARD.findall(page.partition('id="news"')[0])):
                same = next((one for one in counted if one[:2] == [title, number]), None)
                if same is None:  # else the same list goes on, on the next page
                    counted.append(same := [title, number, 0, 0])
                same[2:] = [before + more for before, more in zip(same[2:], found_there, strict=True)]
            now, _title, in_time = page.partition(IN_TIME)
            red += _red_cases(now)
            later += _red_cases(in_time)
            hers |= {code for card in page.split("<section")[1:] if HERS in card for code in CASE.findall(card)}
            told |= {row for told_only in TOLD.findall(page) for row in ROW.findall(told_only)}
            more = NEXT.search(page)
            address = more[1].replace("&amp;", "&") if more else ""
        read = cache(partial(_read, client))  # a row and its button mostly lead to one page
        found[email] = {
            "held": [what for who, *what in held if who == email],
            "rows": {row: {**_opened(read, row), "told": row in told} for row in dict.fromkeys(rows)},
            "red": [code for code in dict.fromkeys(red) if code not in hers],
            "later": [code for code in dict.fromkeys(later) if code not in hers and code not in red],
            "cases": _listed(client),
            "counts": counted,
            "sentence": said_first,
            "lines": [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines],
            "pressed": [_pressed(read, *one) for one in dict.fromkeys(links)],
        }
    sys.stdout.write(json.dumps(found))


def _red_cases(part: str) -> list[str]:
    """The cases of the lists of a part of Today that are urgent or red, in their order."""
    return [code for card in part.split("<section")[1:] if _is_red(card) for code in CASE.findall(card)]


def _is_red(card: str) -> bool:
    """Whether a list of Today is of what is urgent, or red."""
    heading = card.partition("</h2>")[0]
    return (
        re.search(r">\s*Urgent", heading) is not None
        or re.search(r'class="tag late', card.partition("</header>")[0]) is not None
    )


def _counted(card: str) -> list[Any]:
    """What a list is called, the number beside that, how many rows it has, and how many of these are marked as late."""
    found = HEAD.search(card)
    if found is None:
        return ["", 0, 0, len(MARKED.findall(card))]
    return [found[1].strip(), int(found[2]), card.count('<a class="what"'), len(MARKED.findall(card))]


def _sentence(page: str) -> str:
    """What the page counts at its top."""
    found = SENTENCE.search(page)
    return re.sub(r"<[^>]+>", "", found[1]).replace("\xa0", " ").replace("&nbsp;", " ") if found else ""


def _listed(client: Client) -> list[str]:
    """The codes of all cases, as their list has them."""
    found, address = [], "/cases/"
    while address:
        page = client.get(address).content.decode()
        found += LISTED.findall(page)
        more = re.search(r'href="(/cases/\?[^"]+)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    return found


def _read(client: Client, address: str) -> tuple[int, str]:
    """The answer of the page to which this address leads, and what stands between its rails."""
    answer = client.get(address, follow=True)
    inside = MAIN.search(answer.content.decode())
    return answer.status_code, inside[0] if inside else ""


def _opened(read: Read, row: str) -> dict[str, Any]:
    status, text = read(row.partition("#")[0].replace("&amp;", "&"))
    return {"status": status, "buttons": len(BUTTON.findall(text)), "codes": re.findall(r"\d{4}\xa0\d{4}", text)}


def _pressed(read: Read, row: str, name: str) -> dict[str, Any]:
    """What a button of Today opens: whether its place is there, and whether the same name is to be pressed again."""
    address, _, place = row.replace("&amp;", "&").partition("#")
    status, text = read(address)
    names = {said.strip() for said in SENDS.findall(text)} | {said.strip() for _to, said in GOES.findall(text)}
    return {
        "button": f"{name} {row}",
        "status": status,
        "there": not place or f'id="{place}"' in text,
        "again": name in names,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
