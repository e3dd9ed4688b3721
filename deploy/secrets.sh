#!/bin/sh
# Writes the secrets that docker-compose.yml reads, each once: random, and different
# on each machine. Containers read them under a user of their own, so the files are
# readable, and the folder is not.
set -eu
cd "$(dirname "$0")/.."
umask 022
mkdir -p secrets
chmod 700 secrets
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
[ -s secrets/kith_api_key ] || random >secrets/kith_api_key
[ -s secrets/neo4j_password ] || random >secrets/neo4j_password
printf 'neo4j/%s' "$(cat secrets/neo4j_password)" >secrets/neo4j_auth
echo "The key of kith is in secrets/kith_api_key, the password of Neo4j in secrets/neo4j_password."
