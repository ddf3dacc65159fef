#!/bin/sh
# The recipe that people use, over a body: jq and openssl. Prints 1 when the public halves are the same.
certificate=$(jq -r .cert_content "$1" | openssl x509 -noout -pubkey)
key=$(jq -r .private_key "$1" | openssl pkey -pubout)
[ -n "$key" ] && [ "$certificate" = "$key" ] && echo 1
