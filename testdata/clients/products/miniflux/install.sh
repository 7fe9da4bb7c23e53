#!/bin/sh
# Installs Miniflux with go, and PostgreSQL as Debian has it.
cd "$(dirname "$0")" || exit 1
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  command -v apt-get >/dev/null || { echo "miniflux: no PostgreSQL, and no apt-get"; exit 1; }
  root=
  [ "$(id -u)" = 0 ] || root=sudo
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends postgresql >/dev/null || exit 1
fi
command -v go >/dev/null || { echo "miniflux: no go"; exit 1; }
mkdir -p run && GOBIN="$(pwd)/run" GOFLAGS=-trimpath go install miniflux.app/v2@v2.3.5 && touch .installed
