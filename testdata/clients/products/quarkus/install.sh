#!/bin/sh
# Builds an app on Quarkus 3.33.2 and its quarkus-oidc, from Maven Central.
cd "$(dirname "$0")" || exit 1
for tool in java mvn; do
  command -v "$tool" >/dev/null || { echo "quarkus: no $tool"; exit 1; }
done
mvn -q -B -DskipTests package || exit 1
touch .installed
