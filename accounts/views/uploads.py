"""What a request brought along in files."""

from typing import Any

from django.http import HttpRequest


def sent(request: HttpRequest) -> dict[str, Any]:
    """What a form with a document is made of: nothing of a request that only looks.

    The upload handler cuts a file off at its limit and marks the request.
    """
    if request.method != "POST":
        return {}
    files = request.FILES
    is_too_big = bool(getattr(request, "upload_is_too_big", False))
    return {"data": request.POST, "files": files, "is_too_big": is_too_big}
