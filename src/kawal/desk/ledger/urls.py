"""Addresses of the log, at the root of the hub as C2SP tlog-tiles has them below its prefix."""

from __future__ import annotations

from django.urls import path, re_path

from kawal.desk.ledger import pages, views

app_name = "ledger"

_TILE = (
    r"(?P<number>(?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)

_LEVEL = r"(?P<level>[0-9]|[1-5][0-9]|6[0-3])"
_LOG = r"(?P<digest>[0-9a-f]{64})"  # SHA-256 of the origin of a log that was closed

urlpatterns = [
    path("ledger", pages.log, name="log"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("witness/checkpoint", views.signed_checkpoint, name="signed_checkpoint"),
    path("add-cosignature", views.add_cosignature, name="add_cosignature"),
    re_path(rf"^tile/{_LEVEL}/{_TILE}\Z", views.tile, name="tile"),
    re_path(r"^receipt/(?P<id>[0-9a-f]{64})\.tlog-proof\Z", views.receipt, name="receipt"),
    re_path(rf"^tile/entries/{_TILE}\Z", views.bundle, name="bundle"),
    re_path(rf"^former/{_LOG}/checkpoint\Z", views.former_checkpoint, name="former_checkpoint"),
    re_path(rf"^former/{_LOG}/tile/{_LEVEL}/{_TILE}\Z", views.former_tile, name="former_tile"),
    re_path(rf"^former/{_LOG}/tile/entries/{_TILE}\Z", views.former_bundle, name="former_bundle"),
]
