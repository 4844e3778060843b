#!/usr/bin/env bash
# Makes an authority of your own and certificates for the nodes and clients of one cluster:
#   cluster-config/tls/dev-ca.sh DIR NAME...
# For each NAME (a host name or address) the folder DIR/NAME gets key.pem, cert.pem and ca.pem, which
# --tls takes. DIR/ca-key.pem can make further ones: keep it off the nodes. Run again, it keeps the
# authority and renews the names that it is given.
# Nodes know each other by the authority and the subject's name that all certificates have: "proxima", or
# what the environment variable CLUSTER says, where clusters share an authority.
set -euo pipefail
umask 077

readonly cluster=${CLUSTER:-proxima}
readonly authority_days=3650 days=825
# RSA: what Pekko reads.
readonly key=(-newkey rsa:3072 -nodes)

main() {
  [ $# -ge 2 ] || fail "usage: dev-ca.sh DIR NAME..."
  command -v openssl >/dev/null || fail "no openssl on the PATH; install it"
  dir=$1
  shift
  mkdir -p "$dir"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  [ -e "$dir/ca-key.pem" ] || make_authority
  local name
  for name in "$@"; do
    make_certificate "$name"
  done
}

fail() {
  echo "dev-ca.sh: $*" >&2
  exit 2
}

make_authority() {
  cat >"$work/ca.cnf" <<'EOF'
[req]
prompt = no
distinguished_name = subject
x509_extensions = extensions
[subject]
CN = Proxima development authority
[extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
EOF
  quietly openssl req -x509 -config "$work/ca.cnf" "${key[@]}" -sha256 -days "$authority_days" \
    -keyout "$work/ca-key.pem" -out "$work/ca.pem"
  mv "$work/ca.pem" "$work/ca-key.pem" "$dir"
  echo "$dir/ca.pem: a new authority"
}

make_certificate() {
  local name=$1 kind=DNS
  [[ $name =~ ^[A-Za-z0-9.:-]+$ ]] || fail "'$name' is neither a host name nor an address"
  if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then kind=IP; fi
  cat >"$work/cert.cnf" <<EOF
[req]
prompt = no
distinguished_name = subject
[subject]
CN = $cluster
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = $kind:$name
EOF
  quietly openssl req -new -config "$work/cert.cnf" "${key[@]}" \
    -keyout "$work/key.pem" -out "$work/request.pem"
  quietly openssl x509 -req -in "$work/request.pem" -CA "$dir/ca.pem" -CAkey "$dir/ca-key.pem" \
    -set_serial "0x$(openssl rand -hex 16)" -sha256 -days "$days" \
    -extfile "$work/cert.cnf" -extensions extensions -out "$work/cert.pem"
  mkdir -p "$dir/$name"
  cp "$dir/ca.pem" "$dir/$name/ca.pem"
  mv "$work/key.pem" "$work/cert.pem" "$dir/$name"
  echo "$dir/$name: key.pem, cert.pem and ca.pem for $days days"
}

# Shows what a command says only where it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
}

main "$@"
