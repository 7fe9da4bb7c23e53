#!/bin/sh
# Installs Apache and mod_auth_openidc, as Debian has them: 2.4.12.3 in Debian 12.
cd "$(dirname "$0")" || exit 1
if ! [ -e /usr/lib/apache2/modules/mod_auth_openidc.so ]; then
  command -v apt-get >/dev/null || { echo "mod_auth_openidc: no apt-get"; exit 1; }
  root=
  [ "$(id -u)" = 0 ] || root=sudo
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends apache2-bin libapache2-mod-auth-openidc >/dev/null || exit 1
fi
mkdir -p run && touch .installed
