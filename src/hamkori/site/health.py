"""Whether this process is alive, and whether it can work. No page, no language, no secret."""

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("live\n", content_type="text/plain; charset=utf-8")


@transaction.non_atomic_requests
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The process answers and so does its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 where %s", [True])
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")
