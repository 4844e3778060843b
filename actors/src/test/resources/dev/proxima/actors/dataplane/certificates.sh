#!/usr/bin/env bash
# Makes node.p12 (a node's key, its certificate and the authority's), authority.p12 (whom nodes
# trust) and stranger.p12 (a key that no authority signed), all with the password "proxima".
set -euo pipefail
cd "$(dirname "$0")"
rm -f -- *.p12
key() { keytool -storetype PKCS12 -storepass proxima "$@"; }
pair() { key -genkeypair -keyalg EC -groupname secp256r1 -validity 36500 "$@"; }

pair -keystore ca.p12 -alias ca -dname CN=authority -ext bc:c
key -exportcert -rfc -keystore ca.p12 -alias ca -file ca.pem
key -importcert -noprompt -keystore authority.p12 -alias ca -file ca.pem

pair -keystore node.p12 -alias node -dname CN=node
key -certreq -keystore node.p12 -alias node -file node.csr
key -gencert -rfc -keystore ca.p12 -alias ca -validity 36500 -infile node.csr -outfile node.pem
key -importcert -noprompt -keystore node.p12 -alias ca -file ca.pem
key -importcert -keystore node.p12 -alias node -file node.pem

pair -keystore stranger.p12 -alias stranger -dname CN=stranger
rm ca.p12 ca.pem node.csr node.pem
