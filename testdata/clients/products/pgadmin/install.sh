#!/bin/sh
# Installs pgAdmin.
cd "$(dirname "$0")" || exit 1
python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "pgadmin: no python3 with venv"; exit 1; }
mkdir -p run && python3 -m venv .venv && .venv/bin/pip install -q pgadmin4==9.18 && touch .installed
