"""Why apicert and others disagree, where they do. Each reason accounts for disagreements by what they are, not by
their number: one that none of them fits makes run.py end with 1.
"""

import re


def kind(one):
    return one["aspect"]


def says(one, pattern):
    return re.search(pattern, one.get("theirs_says") or "") is not None


def rules(one):
    return set(one.get("rules") or [])


REASONS = [
    (
        "Another kind of key",
        "The service takes RSA, ECDSA and SM2; Go's `tls.X509KeyPair` takes more: Ed25519, ML-DSA, RSA with three "
        "primes, and X25519 for agreement. `unsupported-key` says so.",
        lambda one: kind(one) in {"key/read", "key/pair", "pair/taken", "file/key"}
        and one["ours"] is False and "unsupported-key" in rules(one),
    ),
    (
        "An EC key whose embedded public half is another's",
        "Go believes the curve of the outer structure and does not look at the public half inside. The scalar does "
        "not belong to that half, and other readers refuse it: `corrupt-private-key`.",
        lambda one: kind(one) == "key/read" and one["ours"] is False and "corrupt-private-key" in rules(one)
        and "ec-inconsistent-curve" in one["place"],
    ),
    (
        "Two curves in one key",
        "The PKCS#8 structure says P-384, the SEC1 structure in it P-256. Go goes by the outer one, and so does "
        "apicert; OpenSSL goes by the inner one.",
        lambda one: kind(one) in {"key/sound", "key/public half/OpenSSL"} and "ec-inconsistent-curve2" in one["place"],
    ),
    (
        "A prime that is 2",
        "OpenSSL 3.0 finds nothing wrong with q = 2; Go and `cryptography` refuse the key, and so does apicert.",
        lambda one: kind(one) == "key/sound" and "rsa-bad-1025-q-is-2" in one["place"],
    ),
    (
        "A modulus that is not the product of its primes",
        "d, dP, dQ and qInv all fit the primes, so it is n that is wrong. apicert shows the public half that the "
        "primes have; OpenSSL copies n.",
        lambda one: kind(one) == "key/public half/OpenSSL" and "corrupted-rsa.pem" in one["place"],
    ),
    (
        "Keys restricted to RSASSA-PSS",
        "`cryptography` forgets the restriction when it reads them and gives the public half of an ordinary RSA key. "
        "OpenSSL keeps it, and agrees with apicert on all of them. (They are refused as `unsupported-key`.)",
        lambda one: kind(one) == "key/public half/cryptography" and "unsupported-key" in rules(one)
        and says(one, r"unknown algorithm: 1\.2\.840\.113549\.1\.1\.10"),
    ),
    (
        "Attributes of a name that are no strings",
        "A BIT STRING and the like. Go 1.19.8 refuses them, Go 1.27.3 passes over them, and which one the service is "
        "built with is not known: `nonconforming-certificate`.",
        lambda one: (kind(one) == "certificate/read" and one["ours"] is False and one["theirs"] is True
                     or kind(one) == "pair/taken" and "nonconforming-certificate" in rules(one))
        and re.search("unsupported_tag|bitstring-dn|bitstring-in-dn|parser_test.go", one["place"]) is not None,
    ),
    (
        "IPv4 addresses mapped to IPv6 in subjectAltName and nameConstraints",
        "Go 1.27 refuses them, Go 1.19.8 reads them. RFC 5280 wants sixteen octets and says nothing of their value, so "
        "it is no departure from it, and apicert reads them.",
        lambda one: kind(one) in {"certificate/read", "pair/taken"} and one["ours"] is True and says(one, "IPv4-mapped IPv6"),
    ),
    (
        "Signatures with ML-DSA",
        "Go 1.27 has a name for them; the service's reference is from 2023, and the number 0 is what Go wrote then "
        "for what it did not know.",
        lambda one: kind(one) == "certificate/metadata/signature_algorithm" and one["ours"] == "0"
        and str(one["theirs"]).startswith("ML-DSA-"),
    ),
    (
        "Extensions in a certificate of version 1",
        "Such a certificate has none, whatever follows its key: so it is with Go, and with apicert. `cryptography` "
        "reads them.",
        lambda one: kind(one) == "certificate/cryptography/san" and "cert_v1_with_ext" in one["place"],
    ),
    (
        "Self-signed with what apicert does not verify",
        "DSA, Ed448 and ML-DSA signatures are not checked, so the certificate is not called self-signed, nor (once) "
        "the chain broken. The key is refused as `unsupported-key` anyway, and `inspect` says that the signature was "
        "not checked.",
        lambda one: kind(one) in {"rule/self-signed", "chain/link"} and (
            says(one, "'algorithm': '(DSA|ML-DSA|0)'") or says(one, "insecure algorithm DSA-SHA1")),
    ),
    (
        "Certificates that `cryptography` refuses and Go reads",
        "Its reader is stricter than Go's: parameters of a signature algorithm that should have none (31 of them), "
        "defaults that are written out, extensions that are odd or empty, kinds of names that it does not know. Go "
        "decides.",
        lambda one: kind(one) == "certificate/cryptography reads it",
    ),
]


def reason(one):
    """The number of the reason that fits, or None."""
    return next((number for number, (_, _, fits) in enumerate(REASONS) if fits(one)), None)
