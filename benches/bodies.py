#!/usr/bin/env python3
"""Makes bodies to measure with: for each kind of key and each shape a file of different ones, a body a
line. Every body has a key and certificates of its own, as an audit of a company's bodies meets them.

    bodies.py FOLDER [--count N] [--only KIND ...]

writes FOLDER/KIND-SHAPE.ndjson, and leaves files that hold N bodies already. Kinds: rsa-2048, rsa-4096,
p256, p384, p521, sm2. Shapes:

    issued    the leaf alone, from one of eight authorities that are not in the body
    self      the leaf alone, which issued itself
    anchored  the leaf, and in `trusted_root_ca` the root that issued it, one of eight
    chain     the leaf and behind it its issuer, one of eight; for `--service apig`, where chains are usual

All are accepted with the clock at NOW. Of `anchored` and `chain` nothing is said (of SM2, that it is to be
supported), of the others that the issuer is absent, or that the certificate is self-signed. `broken(line)`
makes a rejected body with three errors of an accepted one.

Half of the keys are in PKCS#8, half in PKCS#1 or SEC1, as OpenSSL writes them. Bodies of SM2 hold both
pairs. RSA keys are made of a few hundred primes, each pair of which serves once: finding as many primes
of 2048 bits as there are bodies would take an hour. None of the keys is good for anything else.

Needs Python 3.11 or later with `cryptography`, and `openssl` 3.0 or later for SM2.
"""

import argparse
import datetime
import itertools
import json
import pathlib
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "pki"))
import make as pki  # noqa: E402

NOW = "2026-07-01T00:00:00Z"
KINDS = ("rsa-2048", "rsa-4096", "p256", "p384", "p521", "sm2")
SHAPES = ("issued", "self", "anchored", "chain")
AUTHORITIES = 8

UTC = datetime.timezone.utc
LEAF_FROM, LEAF_TO = datetime.datetime(2026, 6, 1, tzinfo=UTC), datetime.datetime(2026, 12, 10, tzinfo=UTC)
CA_FROM, CA_TO = datetime.datetime(2024, 1, 1, tzinfo=UTC), datetime.datetime(2034, 1, 1, tzinfo=UTC)
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
DIGESTS = {"p384": hashes.SHA384(), "p521": hashes.SHA512()}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--only", nargs="*", default=KINDS, choices=KINDS, metavar="KIND")
    options = options.parse_args()
    make(options.folder, options.count, options.only)


def make(folder, count=2000, kinds=KINDS):
    """Makes what is missing, and returns the files by kind and shape."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {(kind, shape): folder / f"{kind}-{shape}.ndjson" for kind in kinds for shape in SHAPES}
    for kind in kinds:
        missing = [shape for shape in SHAPES if lines(files[kind, shape]) != count]
        if not missing:
            continue
        print(f"making {count} bodies of {kind}: {', '.join(missing)}", file=sys.stderr)
        makers = sm2_bodies(count, missing) if kind == "sm2" else bodies(kind, count, missing)
        for shape, made in makers.items():
            temporary = files[kind, shape].with_suffix(".part")
            temporary.write_text("".join(map(line, made)))
            temporary.replace(files[kind, shape])
    return files


def lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def line(body):
    return json.dumps(body) + "\n"


def broken(written):
    """The line with its certificate cut short and a line break gone from the armour: findings, of which one
    refuses it."""
    body = json.loads(written)
    body["private_key"] = body["private_key"].replace("-----\n", "-----", 1)
    body["cert_content"] = " " + body["cert_content"]
    del body["name"]
    return line(body)


# RSA and EC -----------------------------------------------------------------------------------


def bodies(kind, count, shapes):
    keys = rsa_keys(int(kind[4:]), count) if kind.startswith("rsa") else ec_keys(CURVES[kind], count)
    authorities = [Authority(kind, number) for number in range(AUTHORITIES)]
    made = {shape: [] for shape in shapes}
    for number, key in enumerate(keys):
        pem = private_pem(key, number)
        authority = authorities[number % AUTHORITIES]
        for shape, bodies in made.items():
            certificate = leaf(kind, number, key, None if shape == "self" else authority)
            bodies.append(body(shape, number, certificate, pem, authority))
    return made


def body(shape, number, certificate, key, authority):
    behind = authority.intermediate if shape == "chain" else ""
    common = {"name": f"site_{number}", "cert_content": certificate + behind, "private_key": key}
    if shape == "anchored":
        return common | {"type": "instance", "instance_id": pki.INSTANCE_ID, "trusted_root_ca": authority.root}
    return common | {"type": "global"}


def ec_keys(curve, count):
    return (ec.generate_private_key(curve) for _ in range(count))


def rsa_keys(bits, count):
    """So many keys of which no two share both primes."""
    primes = []
    while len(primes) * (len(primes) - 1) // 2 < count:
        numbers = rsa.generate_private_key(65537, bits).private_numbers()
        primes += [numbers.p, numbers.q]
    for p, q in itertools.islice(itertools.combinations(primes, 2), count):
        p, q = max(p, q), min(p, q)
        d = pow(65537, -1, (p - 1) * (q - 1))
        public = rsa.RSAPublicNumbers(65537, p * q)
        numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
        yield numbers.private_key(unsafe_skip_rsa_key_validation=True)


def private_pem(key, number):
    formats = serialization.PrivateFormat
    form = formats.PKCS8 if number % 2 else formats.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class Authority:
    """What issues leaves: RSA-2048 for RSA keys, the same curve for others. It has a certificate by itself,
    and one by a root that is not kept."""

    def __init__(self, kind, number):
        def new():
            if kind in CURVES:
                return ec.generate_private_key(CURVES[kind])
            return rsa.generate_private_key(65537, 2048)

        self.key = new()
        self.name = name(f"Bulk Issuing CA {number}", "Bulk")
        self.root = self.certificate(kind, None)
        self.intermediate = self.certificate(kind, new())

    def certificate(self, kind, issuer):
        own = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(name("Bulk Root CA", "Bulk") if issuer else self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(CA_FROM)
            .not_valid_after(CA_TO)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(own, critical=False)
        )
        if issuer:
            theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
            builder = builder.add_extension(theirs, critical=False)
        return signed(builder, issuer or self.key, kind)


def leaf(kind, number, key, authority):
    host = f"site-{number}.example.com"
    issuer = authority.key if authority else key
    subject = name(host, "Example Ltd")
    usage = key_usage(digital_signature=True, key_encipherment=kind.startswith("rsa"))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.name if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LEAF_FROM)
        .not_valid_after(LEAF_TO)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host), x509.DNSName(f"www.{host}")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    if authority:
        builder = (
            builder.add_extension(
                x509.AuthorityInformationAccess(
                    [
                        x509.AccessDescription(method, x509.UniformResourceIdentifier(f"http://{where}.test/"))
                        for method, where in (
                            (AuthorityInformationAccessOID.OCSP, "ocsp"),
                            (AuthorityInformationAccessOID.CA_ISSUERS, "ca"),
                        )
                    ]
                ),
                critical=False,
            )
            .add_extension(
                x509.CRLDistributionPoints(
                    [
                        x509.DistributionPoint(
                            [x509.UniformResourceIdentifier("http://crl.test/1.crl")], None, None, None
                        )
                    ]
                ),
                critical=False,
            )
            .add_extension(
                x509.CertificatePolicies(
                    [x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.2"), None)]
                ),
                critical=False,
            )
        )
    return signed(builder, issuer, kind)


def name(common_name, organization):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def key_usage(**wanted):
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    ).split()
    return x509.KeyUsage(**{usage: wanted.get(usage, False) for usage in every})


def signed(builder, key, kind):
    certificate = builder.sign(key, DIGESTS.get(kind, hashes.SHA256()))
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


# SM2, which `cryptography` does not know ------------------------------------------------------

USAGES = {"encrypt": ["keyEncipherment", "dataEncipherment", "keyAgreement"], "sign": ["digitalSignature"]}


class Sm2Authority:
    def __init__(self, root, number):
        subject, key = pki.ca_name(f"Bulk Issuing CA {number}"), sm2_key()
        self.own = pki.make_ca(subject, None, key, pathlen=0)
        self.root = self.own.pem()
        self.intermediate = pki.make_ca(subject, root, key, pathlen=0).pem()


def sm2_bodies(count, shapes):
    root = pki.make_ca(pki.ca_name("Bulk Root CA"), None, sm2_key())
    authorities = [Sm2Authority(root, number) for number in range(AUTHORITIES)]
    with ProcessPoolExecutor() as pool:
        tasks = [(shapes, authorities[number % AUTHORITIES], number) for number in range(count)]
        made = list(pool.map(sm2_body, tasks, chunksize=50))
    return {shape: [bodies[shape] for bodies in made] for shape in shapes}


def sm2_key():
    command = ["openssl", "genpkey", "-algorithm", "SM2"]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return pki.Key(pki.pem_decode(text, "PRIVATE KEY"))


def sm2_body(task):
    shapes, authority, number = task
    keys = {use: sm2_key() for use in USAGES}
    subject = [("C", "CN"), ("O", "Example Ltd"), ("CN", f"site-{number}.example.com")]
    bodies = {}
    for shape in shapes:
        issuer = None if shape == "self" else authority.own
        # Half of them are signed with the identity of the standard, half with the empty one of OpenSSL.
        identity = "sm3" if number % 2 else "sm3-std"
        form = "pkcs8" if number % 4 < 2 else "sm2"
        encrypt, sign = (
            body(
                shape,
                number,
                pki.make_leaf(subject, issuer, key, key_usage=USAGES[use], sign=identity).pem(),
                key.pem(form),
                authority,
            )
            for use, key in keys.items()
        )
        bodies[shape] = encrypt | {
            "algorithm_type": "SM2",
            "cert_content_sign": sign["cert_content"],
            "private_key_sign": sign["private_key"],
        }
    return bodies


if __name__ == "__main__":
    main()
