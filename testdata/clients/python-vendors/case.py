"""What every program here shares: its settings, its browser, and how it tells what came of a case."""

import os
import sys
from importlib import metadata
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, ACCESS_TOKEN = (
    os.environ.get(name, "") for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "ACCESS_TOKEN")
)


def visit(url):
    """Opens an authorization URL as a browser does whose user is signed in already; returns the URL it is sent back to."""
    for _ in range(10):
        response = requests.get(url, allow_redirects=False, timeout=30)
        if "location" not in response.headers:
            raise RuntimeError(f"{url} answers {response.status_code} {response.text}")
        url = urljoin(url, response.headers["location"])
        if url.startswith(REDIRECT_URI):
            return url
    raise RuntimeError("it leads nowhere")


def params(url):
    """The parameters of a URL; an error among them is raised, for libraries that leave that to their app."""
    found = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if "error" in found:
        raise RuntimeError(found["error"])
    return found


def play(library, cases):
    """Runs the case that the command line names."""
    print("library", library, metadata.version(library))
    try:
        print(cases[sys.argv[1]]())
    except Exception as e:
        print("refused:", f"{type(e).__name__}: {e} {getattr(e, 'error', '')}".replace("\n", " "))
        sys.exit(1)
