#!/usr/bin/env bash
# Installs what some tests need beside Python: openssl, OpenLDAP's slapd, Redis, a JDK with BouncyCastle, and Chromium
# with a Korean font; and for the C part of `make bench` a compiler with OpenSSL's headers. As root, on Debian and its
# like; elsewhere those tests skip, and that part is left out, and both say so.
set -euo pipefail
has() { PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null; }
has openssl && has slapd && has javac && has wrk && has redis-server && [ -e /usr/share/java/bcpkix.jar ] &&
    has cc && has chromium && echo '#include <openssl/cms.h>' | cc -E - >/dev/null 2>&1 && exit 0
if [ "$(id -u)" != 0 ] || ! has apt-get; then
    echo "tools: not root, or no apt-get; install openssl, slapd, redis-server, a JDK, BouncyCastle, Chromium, a C compiler and OpenSSL's headers by other means" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections  # no directory of its own: none is started
apt-get install -q -y --no-install-recommends openssl slapd default-jdk-headless \
    libbcpkix-java libbcprov-java libbcutil-java gcc libc6-dev libssl-dev wrk redis-server chromium fonts-noto-cjk
