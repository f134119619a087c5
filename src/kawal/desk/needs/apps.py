from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "kawal.desk.needs"
    label = "needs"
    default_auto_field = "django.db.models.BigAutoField"
