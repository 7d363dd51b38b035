"""A step that a page takes is a step of its lifecycle, and the lifecycle alone says which side takes it."""

from django.urls import get_resolver

from hamkori.web.kit.stepping import PageOfSteps, Step


def tables() -> list[tuple[PageOfSteps, Step]]:
    """Every step of every table of the areas, with the side that takes it."""
    found = []
    for pattern in get_resolver("hamkori.web.urls").url_patterns:
        for one in getattr(pattern, "url_patterns", [pattern]):
            cells = [cell.cell_contents for cell in inside(one.callback).__closure__ or ()]
            side = next((cell for cell in cells if isinstance(cell, PageOfSteps)), None)
            if side is not None:
                found.append((side, next(cell for cell in cells if isinstance(cell, Step))))
    return found


def inside(view):
    return inside(view.__wrapped__) if hasattr(view, "__wrapped__") else view


def test_every_step_of_a_page_stands_in_its_lifecycle_and_somebody_of_that_side_may_take_it() -> None:
    assert len(tables()) >= 20
    for side, step in tables():
        assert step.name in side.machine.names(), step.name
        assert side.who(step.name), f"{step.name}: nobody of {sorted(side.sides)}"


def test_the_receivers_steps_are_taken_by_whom_the_lifecycle_names() -> None:
    who = {step.name: side.who(step.name) for side, step in tables() if side.name == "referral_{}"}
    assert who["ask"] == who["decline"] == {"D"}
    assert who["unaccept"] == {"D", "R"}
    assert who["staff"] == who["amend"] == {"R", "RV"}
    assert who["finish"] == who["serve"] == {"R"}
