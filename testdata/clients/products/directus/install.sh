#!/bin/sh
# Installs Directus 10.13.4 from npm, with an empty database: a later one needs a later
# Node. Two of its libraries are compiled, which takes some minutes.
cd "$(dirname "$0")" || exit 1
for tool in node npm make g++; do
  command -v "$tool" >/dev/null || { echo "directus: no $tool"; exit 1; }
done
mkdir -p run
npm install --no-package-lock --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error || exit 1
prefix=$(dirname "$(dirname "$(command -v node)")")
headers=
[ -d "$prefix/include/node" ] && headers="--nodedir=$prefix"
npm rebuild $headers --loglevel=error sqlite3 argon2 isolated-vm >run/rebuild.log 2>&1 || { cat run/rebuild.log; exit 1; }

# The command itself looks for updates first, each time: its module does not. New users get this role, by which they may see who they are.
rm -f run/*.db
export DB_CLIENT=sqlite3 DB_FILENAME=run/data.db SECRET=for-tests-only TELEMETRY=false
node node_modules/@directus/api/dist/cli/run.js bootstrap --skipAdminInit >run/bootstrap.log 2>&1 || { cat run/bootstrap.log; exit 1; }
node node_modules/@directus/api/dist/cli/run.js roles create --role people --admin >run/role || exit 1
touch .installed
