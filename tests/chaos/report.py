"""The page of figures that a run leaves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.run import Figures

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
WORDS = {
    "pages_killed": "a process that serves pages is killed",
    "pages_stand_still": "a process that serves pages stands still",
    "worker_killed": "one of two workers is killed",
    "worker_stands_still": "one of two workers stands still",
    "database_killed": "the database server is killed",
    "connection_killed": "one process of the database server is killed",
    "database_asked_to_end": "the database server is asked to end",
    "launcher_killed": "the launcher is killed and started again",
    "power_cut": "all processes at once, and everything is started again",
    "keyring_stolen": "the keyring's file is away for three seconds",
    "disk_full": "the disk is full for three seconds",
}


def page(figures: Figures, machine: str) -> str:
    """Figures in a table, then every fault in words."""
    judged, half = figures.judged, len(figures.judged.half)
    lines = [
        "# Reliability",
        "",
        "Made by `./hamkori chaos --write`: invented people register and work at a demonstration whose processes are",
        "struck at random moments. A press that got no answer is sent again with the same operation. A kill is no loss",
        "of power: what the disk itself had not yet written is not tried here.",
        "",
        f"- Machine: {machine}; the run took {figures.seconds / 60:.0f} minutes, seed {figures.seed}",
        f"- Answered as done: {judged.acts} acts; lost {len(judged.lost)}, doubled {len(judged.doubled)}, half {half}",
        f"- Presses without an answer, sent again: {figures.unanswered}; refused: {len(figures.refused)}",
        f"- Times somebody entered, because their session or their vault had ended: {figures.entered}",
        f"- The ledger: {'whole' if not judged.ledger else 'not whole'}; alarms: {len(judged.alarms)}",
        "",
        "Seconds from the blow until the clock has ticked, the ledger was sealed and a page came:",
        "",
        "|blow|times|median|longest|",
        "|---|---|---|---|",
    ]
    for kind, words in WORDS.items():
        if took := figures.went_on.get(kind):
            lines.append(f"|{words}|{len(took)}|{median(took):.1f}|{max(took):.1f}|")
    lines.append(f"|in all|{figures.kills}|||")
    told = Counter(words.split(maxsplit=2)[-1][:32] for words in figures.refused)
    faults = [*judged.faults(), *(f"too late after {words}" for words in figures.late())]
    faults += [f"{number} presses were told: {words}" for words, number in told.most_common()]
    if faults:
        lines += ["", "Faults:", "", *(f"- {one}" for one in faults[:50])]
    return "\n".join(lines) + "\n"
