#!/bin/sh
# Installs pgAdmin, and makes its database: each start copies that.
cd "$(dirname "$0")" || exit 1
python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "pgadmin: no python3 with venv"; exit 1; }
python3 -m venv .venv && .venv/bin/pip install -q pgadmin4==9.18 || exit 1
rm -rf run && mkdir run
CONFIG_DISTRO_FILE_PATH=config_distro.py DATA_DIR="$(pwd)/run" PGADMIN_SETUP_EMAIL=admin@example.com PGADMIN_SETUP_PASSWORD=for-tests-only \
  PORT=0 ISSUER= CLIENT_ID= CLIENT_SECRET= .venv/bin/python .venv/lib/python3*/site-packages/pgadmin4/setup.py setup-db >run/log 2>&1 || { cat run/log; exit 1; }
touch .installed
