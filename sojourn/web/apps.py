from django.apps import AppConfig
from django.contrib.admin import apps as admin


class WebConfig(AppConfig):
    name = "sojourn.web"
    default = True


class AdminConfig(admin.AdminConfig):
    """Django's admin, on our site: scoped, with a second factor."""

    default_site = "sojourn.web.admin_site.StaffSite"
    default = False
