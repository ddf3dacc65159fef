"""Bodies and files that are well-formed enough to be read, and made to take time or memory.

Nothing of it is stored. At scale 1 what can be of any length is as long as a body may be, 1 MiB, and the numbers
in the names hold. `run.py` says what is done with it all.
"""
import base64
import functools
import json
from dataclasses import dataclass, field
from pathlib import Path

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
LIMIT = 1 << 20


@dataclass
class Case:
    """What it is called, its files, and what is done with them if they are more than a body."""

    label: str
    files: dict
    arguments: list = field(default_factory=list)
    bodies: int = 1
    # Whether it is longer than is read.
    is_refused: bool = False


def cases(family, scale):
    for made in FAMILIES[family](scale):
        yield made if isinstance(made, Case) else Case(made[0], {"body.json": made[1]})


# DER

def length(count):
    if count < 128:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([128 + len(octets)]) + octets


def tlv(tag, *contents):
    content = b"".join(contents)
    return bytes([tag]) + length(len(content)) + content


def sequence(*contents):
    return tlv(0x30, *contents)


def integer(number):
    return tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    octets = bytearray([40 * first + second])
    for arc in rest:
        groups = [arc & 127]
        while arc := arc >> 7:
            groups.append(arc & 127 | 128)
        octets += bytes(reversed(groups))
    return tlv(6, bytes(octets))


def bits(octets):
    return tlv(3, b"\0", octets)


def name(*values, attribute="2.5.4.3"):
    return sequence(*(tlv(0x31, sequence(oid(attribute), tlv(12, value.encode()))) for value in values))


SHA256_WITH_RSA = sequence(oid("1.2.840.113549.1.1.11"), tlv(5))
ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
SM2_WITH_SM3 = sequence(oid("1.2.156.10197.1.501"))
CURVES = {"P-256": "1.2.840.10045.3.1.7", "P-384": "1.3.132.0.34", "P-521": "1.3.132.0.35",
          "SM2": "1.2.156.10197.1.301"}
# A point that anybody can write down: the generators.
P256_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
SM2_POINT = bytes.fromhex(
    "0432c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")


def ec_key(point=P256_POINT, parameters=oid(CURVES["P-256"])):
    return sequence(sequence(oid("1.2.840.10045.2.1"), parameters), bits(point))


def rsa_key(modulus, exponent=65537):
    return sequence(sequence(oid("1.2.840.113549.1.1.1"), tlv(5)), bits(sequence(integer(modulus), integer(exponent))))


def odd(number_of_bits, seed=1):
    """An odd number of so many bits, always the same."""
    octets = bytearray()
    while len(octets) * 8 < number_of_bits:
        octets += ((seed * 2654435761 + len(octets) * 40503) % 2**64).to_bytes(8, "big")
    return int.from_bytes(octets, "big") % 2 ** (number_of_bits - 1) | 2 ** (number_of_bits - 1) | 1


def certificate(subject="a", issuer="b", serial=1, key=None, algorithm=ECDSA_WITH_SHA256, signature=None,
                is_ca=False, names=b"", extensions=b""):
    def named(value):
        return value if isinstance(value, bytes) else name(value)

    if is_ca:
        extensions += sequence(oid("2.5.29.19"), tlv(1, b"\xff"), tlv(4, sequence(tlv(1, b"\xff"))))
    if names:
        extensions += sequence(oid("2.5.29.17"), tlv(4, sequence(names)))
    to_be_signed = sequence(
        tlv(0xa0, integer(2)), integer(serial), algorithm, named(issuer),
        sequence(tlv(23, b"260101000000Z"), tlv(23, b"270101000000Z")), named(subject), key or ec_key(),
        tlv(0xa3, sequence(extensions)) if extensions else b"")
    return sequence(to_be_signed, algorithm, bits(signature or sequence(integer(1), integer(1))))


# PEM and JSON

def pem(der, label="CERTIFICATE"):
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[at:at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def body(cert_content=None, private_key=None, **others):
    """`cert_content` and `private_key` are those of a good pair, unless given."""
    good = json.loads((FIXTURES / "accepted/roma/key-p256-pkcs8.json").read_text())
    given = {"cert_content": cert_content, "private_key": private_key, **others}
    return json.dumps(good | {name: text for name, text in given.items() if text is not None}).encode()


def filled(unit, size):
    return unit * (size // len(unit))


def fitting(make, size):
    """As many of `make(0)`, `make(1)`, … as fit into a body of `size`."""
    made, total = [], 0
    while True:
        made.append(make(len(made)))
        total += len(json.dumps(made[-1]))
        if total > size - 4096:
            return made[:-1]


# The cases

def certificates(scale):
    count = int(2_000 * scale) + 2
    yield "2,000 certificates", body("".join(pem(certificate(f"s{i}", f"i{i}", i)) for i in range(count)))
    same = pem(certificate())
    yield "2,000 times the same certificate", body(same * count)
    yield "… and as roots", body(trusted_root_ca=same * count)
    cycle = [pem(certificate(f"c{i}", f"c{(i + 1) % count}", i, is_ca=True)) for i in range(count)]
    yield "a cycle of 2,000 issuers", body("".join(cycle))
    namesakes = [pem(certificate("x", "x", i, ec_key(b"\4" + i.to_bytes(64, "big")), is_ca=True)) for i in range(count)]
    yield "2,000 namesakes, each everybody's issuer", body("".join(namesakes))
    across = max(2, int(36 * scale**0.5))
    lattice = [pem(certificate(f"l{layer}", f"l{layer + 1}", across * layer + i, rsa_key(odd(512, across * layer + i)),
                               SHA256_WITH_RSA, bytes(64), True))
               for layer in range(across) for i in range(across)]
    yield "a lattice: 36 layers of 36 namesakes", body("".join(lattice))
    yield "the lattice the wrong way round", body("".join(reversed(lattice)))
    yield "the lattice in every field", body("".join(lattice[:len(lattice) // 3]), "".join(lattice[len(lattice) // 3:len(lattice) // 3 * 2]),
                                             trusted_root_ca="".join(lattice[len(lattice) // 3 * 2:]))
    large = odd(16384)
    size = int(LIMIT * scale)
    yield "signatures by RSA-16384", body("".join(fitting(
        lambda i: pem(certificate("r", "r", i, rsa_key(large - 2 * i, 2**31 - 1), SHA256_WITH_RSA, bytes(2048), True)), size)))
    yield "signatures by SM2", body("".join(fitting(
        lambda i: pem(certificate("r", "r", i, ec_key(SM2_POINT, oid(CURVES["SM2"])), SM2_WITH_SM3, sequence(integer(i + 1), integer(i + 2)), True)), size)))


def numbers(scale):
    hundred = int(100_000 * scale) + 64
    yield "RSA modulus of 100,000 bits", body(pem(certificate(key=rsa_key(odd(hundred)))))
    yield "an exponent as long", body(pem(certificate(key=rsa_key(odd(hundred), odd(hundred, 2)))))
    self_issued = certificate("x", "x", key=rsa_key(odd(16384), odd(16384, 2)), algorithm=SHA256_WITH_RSA, signature=bytes(2048))
    yield "an exponent as long, RSA-16384, self-signed", body(pem(self_issued))
    octets = int(700_000 * scale) + 64
    yield "serial number of 700 kB", body(pem(certificate(serial=odd(8 * octets))))
    yield "names of 350 kB", body(pem(certificate("n" * (octets // 2), "n" * (octets // 2))))
    yield "names of 20,000 parts", body(pem(certificate(name(*["p"] * (octets // 35)), name(*["p"] * (octets // 35)))))
    sans = b"".join(tlv(0x82, f"h{i}.example.com".encode()) for i in range(octets // 20))
    yield "35,000 SANs", body(pem(certificate(names=sans)))
    fits = int(LIMIT * scale) // 66 * 48 - 8192
    yield "as many SANs as fit", body(pem(certificate(names=tlv(0x82, b"a") * (fits // 3))))
    yield "35,000 SANs of every kind", body(pem(certificate(names=b"".join(
        [tlv(0x87, bytes(4)), tlv(0x81, b"a@b"), tlv(0x86, b"https://x/"), tlv(0xa4, name("d")), tlv(0x88, b"*"), tlv(0x82, b"*.*.")][i % 6]
        for i in range(octets // 20)))))
    yield "35,000 extensions", body(pem(certificate(extensions=b"".join(
        sequence(oid(f"1.2.3.{i}"), tlv(4, b"")) for i in range(octets // 20)))))
    deep = b""
    for _ in range(int(50_000 * scale) + 10):
        deep = sequence(deep) if len(deep) < 100 else b"\x30\x84" + len(deep).to_bytes(4, "big") + deep
    yield "ASN.1 50,000 deep", body(pem(deep))
    yield "ASN.1 50,000 deep, as a name", body(pem(certificate(sequence(deep))))
    yield "ASN.1 50,000 deep, as an extension", body(pem(certificate(extensions=sequence(oid("2.5.29.17"), tlv(4, deep)))))
    yield "ASN.1 50,000 deep, as a key", body(private_key=pem(deep, "PRIVATE KEY"))
    indefinite = b"\x30\x80" * (octets // 10) + b"\0\0" * (octets // 10)
    yield "indefinite lengths, 70,000 deep", body(pem(indefinite), pem(indefinite, "PRIVATE KEY"))
    yield "140,000 empty elements", body(pem(sequence(b"\5\0" * (octets // 5))), pem(sequence(b"\5\0" * (octets // 5)), "PRIVATE KEY"))
    yield "a long object identifier", body(pem(certificate(key=ec_key(parameters=tlv(6, b"\x2a" + b"\xff" * octets + b"\1")))))
    for kind, field in [("composite", sequence(oid("1.2.840.10045.1.1"), integer(odd(128) * odd(128, 2)))),
                        ("huge", sequence(oid("1.2.840.10045.1.1"), integer(odd(3 * octets)))),
                        ("binary", sequence(oid("1.2.840.10045.1.2"), sequence(integer(2**31 - 1), oid("1.2.840.10045.1.2.3.2"), integer(1))))]:
        explicit = sequence(integer(1), field, sequence(tlv(4, bytes(32)), tlv(4, bytes(32))), tlv(4, P256_POINT), integer(odd(256)), integer(1))
        key = sequence(integer(0), sequence(oid("1.2.840.10045.2.1"), explicit),
                       tlv(4, sequence(integer(1), tlv(4, bytes(31) + b"\1"))))
        yield f"explicit curve over a {kind} field", body(pem(certificate(key=ec_key(parameters=explicit))), pem(key, "PRIVATE KEY"))


@functools.cache
def rsa_private(number_of_bits, seed=1):
    """All equations hold; the primes are not prime."""
    e = 65537
    p = q = None
    while q is None:
        candidate = odd(number_of_bits // 2, seed) | 3 << (number_of_bits // 2 - 2)
        seed += 1
        try:
            pow(e, -1, candidate - 1)
            if p is not None:
                pow(candidate, -1, p)
        except ValueError:
            continue
        if p is None:
            p = candidate
        else:
            q = candidate
    lcm = (p - 1) * (q - 1)
    d = pow(e, -1, lcm)
    return sequence(*map(integer, [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]))


def sec1(curve, scalar):
    return sequence(integer(1), tlv(4, scalar), tlv(0xa0, oid(CURVES[curve])))


def keys(scale):
    size = int(LIMIT * scale)
    one = pem(rsa_private(16384), "RSA PRIVATE KEY")
    yield "a private key of 16384 bits", body(private_key=one)
    yield "1 MiB of them", body(private_key=filled(one, size * 62 // 64 - 4096))
    for curve in CURVES:
        yield f"1 MiB of {curve} keys", body(private_key="".join(fitting(
            lambda i: pem(sec1(curve, (i + 2).to_bytes(32, "big")), "EC PRIVATE KEY"), size)))
    many = sequence(integer(1), integer(odd(512)), integer(3), integer(3), *[integer(3)] * 5,
                    sequence(*[sequence(integer(3), integer(3), integer(3))] * (size // 16)))
    yield "a key of as many primes as fit", body(private_key=pem(many, "RSA PRIVATE KEY"))
    bits = int(600_000 * scale) + 64
    long = sequence(integer(0), *map(integer, [odd(bits)] * 8))
    yield "a key of 600,000 bits", body(private_key=pem(long, "RSA PRIVATE KEY"))


def blocks(scale):
    block = "-----BEGIN A-----\nAA==\n-----END A-----\n"
    many = {"body.json": body(block * int(50_000 * scale))}
    yield Case("50,000 PEM blocks", many, is_refused=len(many["body.json"]) > LIMIT)
    size = int(LIMIT * scale) - 8192
    for label, unit in [
        ("1 MiB of PEM blocks", block),
        ("1 MiB of empty PEM blocks", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
        ("1 MiB of BEGIN", "-----BEGIN CERTIFICATE-----\n"),
        ("1 MiB of END", "-----END CERTIFICATE-----\n"),
        ("1 MiB of BEGIN without line breaks", "-----BEGIN A-----"),
        ("1 MiB of damaged blocks", "----BEGIN CERTIFICATE-----\n AA=A\u200b==\n-----END CERTIFICATE----\n"),
        ("1 MiB of misspelt labels", "-----BEGIN CERTIFICAT-----\nAAAA\n-----END CERTIFICAT-----\n"),
        ("1 MiB of blocks within blocks", "-----BEGIN CERTIFICATE-----\nAAAA\n"),
        ("1 MiB of OpenSSH keys", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"),
        ("1 MiB of encrypted keys", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"),
    ]:
        text = filled(unit, size * 31 // 32 * len(unit) // (len(json.dumps(unit)) - 2))
        yield label, body(text, text[:len(text) // 64], trusted_root_ca=text[:len(text) // 64])
    for label, line in [("one block of 1 MiB", "A" * 64 + "\n"), ("one block of 1 MiB on one line", "A" * 64),
                        ("one block of 1 MiB, a character a line", "A\n"), ("one block of 1 MiB in Windows' lines", "A" * 64 + "\r\n"),
                        ("one block of 1 MiB with foreign characters", "A*\u00e4"), ("one block of 1 MiB of headers", "a: b\n"),
                        ("one block of 1 MiB with blanks", "A A\t"), ("one block of 1 MiB of padding", "="),
                        ("one block of 1 MiB of carriage returns", "\r"), ("one block of 1 MiB with spelled-out line breaks", "A\\n"),
                        ("one block of 1 MiB with percent signs", "A%0A"), ("one block of 1 MiB with a blank a character", " A")]:
        inside = filled(line, size * len(line) // (len(json.dumps(line)) - 2) - 256)
        yield label, body(f"-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n")


# What a text of 1 MiB may consist of, as it is written in JSON.
WRITTEN = {
    "letters": b"A", "line breaks": b"\\n", "carriage returns": b"\\r", "escaped quotes": b'\\"', "escaped backslashes": b"\\\\",
    "dashes": b"-", "five dashes": b"-----\\n", "typographic dashes": "\u2013".encode(), "NULs": b"\\u0000", "escapes": b"\\u000a",
    "surrogate pairs": b"\\ud83d\\ude00", "lone surrogates": b"\\ud800", "spaces": b" ", "doubled escapes": b"\\\\n",
    "ghosts": "\u200b".encode(), "byte order marks": "\ufeff".encode(), "quotes within": b"'\\\"", "percent signs": b"%2B", "commas": b"a,",
    "placeholders": b"${A}", "entities": b"&#10;", "opening braces": b"${", "dots": b"a.", "stars": b"*.", "equals signs": b"=", "blanks and dashes": b"- ",
    "plus and slash": b"+/", "words": b"BEGIN CERTIFICATE ", "hexadecimal": b"0a:",
}

# What a body of 1 MiB may consist of that is no object.
RAW = {
    "opening brackets": b"[", "opening braces": b'{"a":', "quotes": b'"', "backslashes": b"\\", "NULs": b"\0", "dashes": b"-", "spaces": b" ",
    "line breaks": b"\n", "letters": b"a", "digits": b"1", "commas": b",", "bytes that are no UTF-8": b"\xff", "line breaks in strings": b'"\n', "comments": b"/*", "line comments": b"//\n",
    "single quotes": b"'", "armour": b"-----BEGIN CERTIFICATE-----\n", "byte order marks": b"\xef\xbb\xbf", "typographic quotes": "\u201c".encode(),
}


def texts(scale):
    size = int(LIMIT * scale) - 8192
    for label, unit in WRITTEN.items():
        text = filled(unit, size // 4)
        fields = [b'"%s": "%s"' % (field, text) for field in [b"cert_content", b"private_key", b"name", b"trusted_root_ca"]]
        yield f"1 MiB of {label}", b"{" + b", ".join(fields) + b"}"
        if label in ("escaped backslashes", "escaped quotes", "ghosts", "escapes", "carriage returns", "doubled escapes", "spaces",
                     "percent signs", "entities", "quotes within"):
            yield f"1 MiB of {label} in one member", b'{"cert_content": "' + filled(unit, size) + b'"}'
    layers = pem(certificate())
    while len(layers) * 4 / 3 < size:
        layers = base64.b64encode(layers.encode()).decode()
    yield "1 MiB of base64 in base64", body(layers)
    quoted = pem(certificate())
    while len(json.dumps(quoted)) < size // 2:
        quoted = json.dumps(quoted)
    yield "quoted as often as fits", body(quoted)


def members(scale):
    size = int(LIMIT * scale) - 8192
    many = int(60_000 * scale) + 1
    yield "60,000 members", b"{" + b",".join(b'"%x":1' % i for i in range(many)) + b"}"
    yield "60,000 times the same member", b"{" + b",".join([b'"name":""'] * many) + b"}"
    yield "54,000 misspelt members", b"{" + b",".join([b'"privatekey":""'] * (many * 9 // 10)) + b"}"
    yield "60,000 members with dangerous names", b"{" + b",".join([b'"\\u001b":1'] * many) + b"}"
    yield "as many members as fit", b"{" + b",".join([b'"":0'] * (size // 5)) + b"}"
    yield "as many members of their own as fit", b"{" + b",".join(b'"%06x":0' % i for i in range(size // 11)) + b"}"
    yield "as many texts as fit", b"{" + b",".join([b'"":"a"'] * (size // 7)) + b"}"
    yield "300,000 lines", b'{\n"name": [\n' + b",\n".join([b"0"] * (many * 5)) + b"]}\n"
    yield "nested as deep as is read", b'{"name": ' + b"[" * 9_990 + b"]" * 9_990 + b"}"
    yield "a member name of 1 MiB", b'{"' + b"a" * size + b'": 1}'
    yield "a number of 1 MiB", b'{"name": ' + b"1" * size + b"}"
    yield "as many domains as fit", body(name="a" * 64, type="instance", instance_id="a," * (size // 2))


def raw(scale):
    size = int(LIMIT * scale)
    for label, unit in RAW.items():
        yield f"1 MiB of {label}, and no object", filled(unit, size)
        yield f"an object that is cut off, with 1 MiB of {label}", b'{"cert_content": ' + filled(unit, size - 64)
        if b'"' not in unit:
            yield f"a string that is cut off, with 1 MiB of {label}", b'{"cert_content": "' + filled(unit, size - 64)



def files(scale):
    """What is no body: configuration, templates, the files that `build` reads, many bodies at once."""
    good = body()
    count, keys = int(10_000 * scale) + 1, int(60_000 * scale) + 1
    check = ["check", "--config", "apicert.toml", "body.json"]

    def configured(label, text):
        return Case(label, {"body.json": good, "apicert.toml": text.encode()}, check)

    ignore = '[[ignore]]\nrule = "weak-key"\nat = "%s"\nreason = "r"\n'
    yield configured("10,000 ignores", "".join(ignore % f"requests/{i}.json" for i in range(count)))
    yield configured("1,000 patterns", "".join(ignore % f"**/*a*{i}*b*/**/*.json" for i in range(count // 10)))
    yield configured("10,000 names to exclude", "exclude = [" + ", ".join(f'"x{i}.json"' for i in range(count)) + "]\n")
    yield configured("a pattern that looks back", "exclude = ['" + "*a" * (count // 10) + "b']\n")
    yield configured("a pattern of 10,000 brackets", "exclude = ['" + "[a-z]" * count + "']\n")
    yield configured("a pattern of 10,000 braces", "exclude = ['" + "{a," * count + "}" * count + "']\n")
    yield configured("10,000 domains", "domains = [" + ", ".join(f'"h{i}.example.com"' for i in range(count)) + "]\n")
    yield configured("TOML nested 10,000 deep", "domains = " + "[" * count + "]" * count + "\n")
    yield configured("TOML tables nested 10,000 deep", "[" + ".".join(["a"] * count) + "]\nb = 1\n")
    yield configured("TOML inline tables nested 10,000 deep", "rules = " + "{a = " * count + "1" + "}" * count + "\n")
    yield configured("a configuration of 60,000 unknown keys", "".join(f"k{i} = 1\n" for i in range(keys)))
    yield configured("a string of 1 MiB in the configuration", 'service = "' + "a" * int(LIMIT * scale * 0.99) + '"\n')
    yield configured("a pattern of braces in braces", "exclude = ['" + "{*," * 1000 + "}" * 1000 + "']\n")
    # As long as the ignore files of a directory may be.
    length = 64 << 10
    for label, line in [
        ("1-letter lines", "x\n"), ("lines that look back", "*[a]" * 10 + "*[b]\n"), ("lines of stars", "*a" * 2000 + "\n"),
        ("lines that look back over folders", "**/a/" * 10 + "**/*[b]\n"), ("brackets", "[" * 30 + "\n"), ("braces", "{a," * 9 + "}" * 9 + "\n"),
    ]:
        lines = (line * (length // len(line) + 1))[:length].encode()
        yield Case(f"an ignore file of 64 KiB: {label}", {".ignore": lines, "a" * 200 + ".json": good}, ["check", "."])
    yield Case("an ignore file of one line", {".ignore": b"*a" * (length // 2), "a.json": good}, ["check", "."], is_refused=True)
    yield Case("an ignore file of 16 MiB", {".ignore": b"*a" * int(8 * LIMIT * scale), "a.json": good}, ["check", "."])
    template = json.dumps({"name": "cert_demo", "cert_content": "${CERT}" * (keys // 10), "private_key": "${KEY}"}).encode()
    many = "".join(pem(certificate(f"s{i}", f"i{i}", i)) for i in range(count // 10)).encode()
    yield Case("a template with 6,000 placeholders", {"body.json": template, "chain.pem": many},
               ["check", "--set", "cert_content=@chain.pem", "body.json"])
    key = (FIXTURES / "pki/keys/p256.pkcs8.pem").read_bytes()
    build = ["build", "--name", "cert_demo", "--cert", "chain.pem", "--key", "key.pem", "-o", "out.json"]
    yield Case("build, of 1,000 certificates", {"chain.pem": many, "key.pem": key}, build)
    yield Case("build, of 512 KiB of armour", {"chain.pem": filled(b"-----BEGIN CERTIFICATE-----\n", int(LIMIT * scale) // 2), "key.pem": key}, build)
    yield Case("build, of 512 KiB of DER", {"chain.pem": filled(certificate(), int(LIMIT * scale) // 2), "key.pem": key}, build)
    yield Case("100,000 bodies in NDJSON", {"bodies.ndjson": (b'{"cert_content": ""}\n' * (10 * count))}, ["check", "--format", "ndjson", "bodies.ndjson"], 10 * count)
    yield Case("a record that is longer than is read", {"bodies.ndjson": b"[" * int(3 * LIMIT * scale)}, ["check", "--format", "ndjson", "bodies.ndjson"],
               is_refused=3 * scale > 1)
    yield Case("1,000 bodies in a folder", {f"{i}.json": b'{"cert_content": ""}' for i in range(count // 10)}, ["check", "--format", "sarif"], count // 10)


def answers(scale):
    """Responses for `--against`, and domains for `--domain`."""
    size = int(LIMIT * scale) - 4096
    predict = ["predict", "--against", "response.json", "body.json"]
    for label, text in [
        ("as many fields as fit", b"{" + b",".join(b'"%x":1' % i for i in range(size // 10)) + b"}"),
        ("a list of objects", b'{"san": [' + b",".join([b'{"a":0}'] * (size // 8)) + b"]}"),
        ("a list of lists", b'{"san": [' + b",".join([b"[0]"] * (size // 4)) + b"]}"),
        ("a list of empty texts", b'{"san": [' + b",".join([b'""'] * (size // 3)) + b"]}"),
        ("a list of texts", b'{"san": [' + b",".join([b'"a"'] * (size // 4)) + b"]}"),
        ("a list of numbers", b'{"san": [' + b",".join([b"1"] * (size // 2)) + b"]}"),
        ("objects in an unknown field", b'{"x": [' + b",".join([b'{"a":0}'] * (size // 8)) + b"]}"),
        ("objects in objects", b'{"san": ' + b'{"a":' * 100 + b"0" + b"}" * 100 + b"}"),
        ("one text", b'{"san": "' + b"a" * size + b'"}'),
    ]:
        yield Case(f"a response of {label}", {"body.json": body(), "response.json": text}, predict)
    long = {"body.json": body(), "response.json": b" " * int(2 * LIMIT * scale)}
    yield Case("a response of 2 MiB", long, predict, is_refused=2 * scale > 1)
    names = [f"h{i}.example.com" for i in range(int(35_000 * scale) + 1)]
    sans = b"".join(tlv(0x82, f"*.{name}".encode()) for name in names)
    domains = [f"--domain=a.{name}" for name in names[-1_000:]]
    yield Case("1,000 domains and 35,000 SANs", {"body.json": body(pem(certificate(names=sans)))}, ["check", *domains, "body.json"])


FAMILIES = {
    "certificates": certificates, "numbers": numbers, "keys": keys, "blocks": blocks, "texts": texts,
    "members": members, "raw": raw, "files": files, "answers": answers,
}
