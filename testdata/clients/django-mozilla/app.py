"""A Django project in one file, on mozilla-django-oidc as its documentation shows
it: of the provider it knows what the file SETTINGS says."""
import os
import secrets
import sys
from wsgiref.simple_server import make_server

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path
from django.utils.html import escape

SECRET_KEY = secrets.token_hex(32)
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "__main__"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mozilla_django_oidc",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
AUTHENTICATION_BACKENDS = ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_REDIRECT_URL = "/"

with open(os.environ["SETTINGS"]) as printed:
    exec(printed.read())  # as if it stood here

os.environ["DJANGO_SETTINGS_MODULE"] = "__main__"
django.setup()


def home(request):
    if request.user.is_authenticated:
        return HttpResponse(f"<p>Signed in as: {escape(request.user.email)}")
    return HttpResponse('<p><a href="/oidc/authenticate/">Sign in</a>')


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with make_server("127.0.0.1", int(os.environ.get("PORT", "8000")), get_wsgi_application()) as server:
        print(f"Running on http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
        server.serve_forever()
