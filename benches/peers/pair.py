"""Loads the certificate and key of each body of a file, a body a line, with `cryptography`. Prints of how
many the public keys are the same, and the seconds that took, by the processor's time and by the clock. The
second argument, `unchecked`, leaves out the check of RSA keys."""

import json
import sys
import time

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

unchecked = sys.argv[2:] == ["unchecked"]
good = 0
began = time.process_time(), time.perf_counter()
with open(sys.argv[1]) as lines:
    for line in lines:
        body = json.loads(line)
        certificate = load_pem_x509_certificate(body["cert_content"].encode())
        key = load_pem_private_key(body["private_key"].encode(), None, unsafe_skip_rsa_key_validation=unchecked)
        good += certificate.public_key() == key.public_key()
print(good, time.process_time() - began[0], time.perf_counter() - began[1])
