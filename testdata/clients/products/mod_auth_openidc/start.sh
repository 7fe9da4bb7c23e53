#!/bin/sh
# Starts Apache, which is told of the provider's authority where that is one of our own.
exec /usr/sbin/apache2 -d "$(pwd)" -f httpd.conf ${CA_FILE:+-c "OIDCCABundlePath $CA_FILE"} -D FOREGROUND
