#!/bin/sh
# Installs Panel from PyPI.
cd "$(dirname "$0")" || exit 1
python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "panel: no python3 with venv"; exit 1; }
python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && touch .installed
