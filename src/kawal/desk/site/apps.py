from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "kawal.desk.site"
    label = "site"
