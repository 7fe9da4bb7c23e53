#!/bin/sh
# Installs JupyterHub with its OAuth authenticator, and the proxy that it starts.
cd "$(dirname "$0")" || exit 1
python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "jupyterhub: no python3 with venv"; exit 1; }
command -v npm >/dev/null || { echo "jupyterhub: no npm"; exit 1; }
mkdir -p run && python3 -m venv .venv && .venv/bin/pip install -q jupyterhub==6.1.1 oauthenticator==17.4.0 || exit 1
npm install --prefix run --no-audit --no-fund --loglevel=error configurable-http-proxy@5.3.0 && touch .installed
