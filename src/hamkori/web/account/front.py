"""The first page: for strangers the doors, for members whatever stands behind them."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hamkori.web.kit import refusals


def doors_or(inside: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view for `/`: members get `inside`, strangers the page with the way in."""

    @login_not_required
    def first_page(request: HttpRequest) -> HttpResponse:
        if getattr(request, "actor", None) is not None:
            return inside(request)
        if getattr(request, "session_over", False):
            return refusals.ended(request)
        return render(request, "account/front.html")

    return first_page
