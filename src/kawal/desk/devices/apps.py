from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "kawal.desk.devices"
    label = "devices"
