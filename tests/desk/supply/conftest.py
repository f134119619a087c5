"""A printer with a token, and a client that speaks for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kawal.desk.people.models import Officer, Post
from kawal.desk.supply import tokens
from tests.rules.custody.stories import START


@dataclass(frozen=True)
class Printer:
    token: str
    client: Client

    def headers(self, **more: str) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {self.token}", **more}}

    def post(self, path: str, told: Any, *, type: str = "application/ld+json", **more: str) -> Any:
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        return self.client.post(f"/epcis/{path}", data, content_type=type, **self.headers(**more))

    def get(self, path: str, told: dict[str, str] | None = None, **more: str) -> Any:
        return self.client.get(f"/epcis/{path}", told or {}, **self.headers(**more))

    def job(self, response: Any) -> dict[str, Any]:
        found = self.client.get(response.headers["Location"], **self.headers())
        assert found.status_code == 200
        told: dict[str, Any] = found.json()
        return told


@pytest.fixture
def printer(db: None) -> Printer:
    return Printer(tokens.add("Percetakan Satu", now=START), Client())


@pytest.fixture
def other(db: None) -> Printer:
    return Printer(tokens.add("Percetakan Dua", now=START), Client())


def events_in(response: Any) -> list[dict[str, Any]]:
    told = json.loads(b"".join(response.streaming_content))
    assert told["type"] == "EPCISQueryDocument"
    found: list[dict[str, Any]] = told["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def officer(agency: str, role: str, area: str = "16.07") -> Client:
    post, _ = Post.objects.get_or_create(
        code=f"{agency}/{area}", defaults={"agency": agency, "area_code": area, "name": agency}
    )
    user = User.objects.create_user(f"{agency}-{role}-{area}")
    Officer.objects.create(user=user, post=post, role=role)
    client = Client()
    client.force_login(user)
    return client
