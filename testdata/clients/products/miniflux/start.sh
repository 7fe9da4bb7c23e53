#!/bin/sh
# Starts Miniflux with a PostgreSQL server of its own, on a socket in a new folder, and
# ends both together. PostgreSQL does not run as root.
cd "$(dirname "$0")" || exit 1
PATH="$(ls -d /usr/lib/postgresql/*/bin | tail -n 1):$PATH"
folder=$(mktemp -d) || exit 1
as=
if [ "$(id -u)" = 0 ]; then
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
  chown postgres "$folder"
fi
trap 'exit 1' TERM INT
trap 'kill $app; wait $app; kill -INT $database; wait; rm -rf "$folder"' EXIT
$as initdb --pgdata="$folder/db" --username=miniflux --auth=trust --no-sync >/dev/null || exit 1
$as postgres -D "$folder/db" -k "$folder" -c listen_addresses= -c fsync=off -c log_min_messages=fatal &
database=$!
until pg_isready --quiet --host="$folder"; do
  kill -0 $database || exit 1
  sleep 0.1
done
DATABASE_URL="host=$folder user=miniflux dbname=postgres sslmode=disable" run/miniflux.app &
app=$!
wait $app
