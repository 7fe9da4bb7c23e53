#!/bin/sh
# Builds oauth2-proxy, in the version that the go.mod of ../../oauth2-proxy pins.
cd "$(dirname "$0")" || exit 1
command -v go >/dev/null || { echo "oauth2-proxy: no go"; exit 1; }
go build -C ../../oauth2-proxy -o ../products/oauth2-proxy/oauth2-proxy tool && touch .installed
