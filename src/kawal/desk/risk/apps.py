from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "kawal.desk.risk"
    label = "risk"
    default_auto_field = "django.db.models.BigAutoField"
