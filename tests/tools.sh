#!/usr/bin/env bash
# Installs what some tests need beside Python: openssl and OpenLDAP's slapd. As root, on Debian and its like; elsewhere
# those tests skip and say so.
set -euo pipefail
command -v openssl >/dev/null && PATH="$PATH:/usr/sbin" command -v slapd >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "tools: not root, or no apt-get; install openssl and slapd by other means" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections  # no directory of its own: none is started
apt-get install -q -y --no-install-recommends openssl slapd
