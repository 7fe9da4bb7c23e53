#!/bin/sh
# Starts pgAdmin with a copy of its data, which is removed when it ends.
DATA_DIR=$(mktemp -d) || exit 1
export DATA_DIR
cp -R run/. "$DATA_DIR" || exit 1
trap 'exit 1' TERM INT
trap 'kill $app; wait $app; rm -rf "$DATA_DIR"' EXIT
.venv/bin/python .venv/lib/python3*/site-packages/pgadmin4/pgAdmin4.py &
app=$!
wait $app
