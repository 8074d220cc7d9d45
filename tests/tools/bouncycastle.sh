#!/bin/sh
# Installs what tests/verifier/test_bouncycastle.py needs, on Debian and Ubuntu: a JDK, which compiles the test's few
# lines of Java, and BouncyCastle. Needs root. Without it those tests are skipped and say so.
set -eu
apt-get install --yes --no-install-recommends default-jdk-headless libbcpkix-java libbcprov-java libbcutil-java
