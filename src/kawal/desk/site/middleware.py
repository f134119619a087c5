"""The language of the page, and refusals told in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from kawal.desk.site import words
from kawal.rules.refusals import Refused

Answer = Callable[[HttpRequest], HttpResponse]


def official_language(get_response: Answer) -> Answer:
    """Indonesian unless somebody switched: a state office does not follow the browser's Accept-Language."""
    known = {code for code, _ in settings.LANGUAGES}

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        # The server's threads serve many people: the language ends with the request.
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
            response.headers.setdefault("Content-Language", language)
        return response

    return answer


class OfficersOnly(LoginRequiredMiddleware):
    """A page that is for everybody does not ask who is there: caches may keep one copy for all."""

    def process_view(self, request: HttpRequest, view_func: Any, *args: Any) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, *args)


class RefusalsInWords:
    """A `Refused` that no view took becomes a page that says why, in the reader's language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = words.status_of(exception)
        page = {"status": status, "reason": words.refusal(exception), "code": exception.code}
        return render(request, "site/refused.html", page, status=status)
