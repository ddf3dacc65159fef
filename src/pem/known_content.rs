//! Content that is not PEM: how each kind is recognized, its name, and the next step.
//!
//! Texts are only looked at, never copied. No text with a BEGIN or END line gets here.

use crate::internal_fault::OrFault;
use crate::pem::inventory::has_base64_run;

/// A kind of content that may be in a PEM field instead of PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownContent {
    /// What it is, with its article.
    pub name: &'static str,
    /// How to get PEM from it.
    pub help: &'static str,
}

const fn content(name: &'static str, help: &'static str) -> KnownContent {
    KnownContent { name, help }
}

pub(super) const PKCS12: KnownContent = content(
    "PKCS#12",
    "make the body from the file: `apicert build --name NAME --cert FILE --password env:NAME`; or extract the PEM: `openssl pkcs12 -in FILE -nodes`",
);
pub(super) const JAVA_KEYSTORE: KnownContent = content(
    "a Java keystore",
    "convert it with `keytool -importkeystore -deststoretype pkcs12`, then `openssl pkcs12 -nodes`",
);
pub(super) const ENVELOPED_KEY: KnownContent = content(
    "an enveloped SM2 key (SM2EnvelopedKey, GM/T 0009)",
    "unwrap it with the private key of the signing certificate, with the tool of the CA",
);
pub(super) const PGP: KnownContent =
    content("OpenPGP", "send an X.509 certificate and its key; OpenPGP keys cannot be used");
pub(super) const BINARY_DER: KnownContent = content(
    "binary DER read as text",
    "convert the file: `openssl x509 -inform DER`, or `openssl pkey -inform DER` for a key",
);
pub(super) const BINARY: KnownContent = content("binary data read as text", "convert the file to PEM first");
pub(super) const JSON_WEB_KEY: KnownContent = content("a JSON Web Key", "convert it to PEM");

/// How a kind of content is recognized.
#[derive(Clone, Copy)]
enum Sign {
    /// The text starts with one of these, without regard to case.
    Start(&'static [&'static str]),
    /// The first 4096 bytes contain all of these.
    All(&'static [&'static str]),
    /// The first 4096 bytes contain one of these.
    Any(&'static [&'static str]),
    /// The text is a JSON object or array, and its first 4096 bytes contain all of these.
    Json(&'static [&'static str]),
    /// A function recognizes the text.
    By(fn(&str) -> bool),
}

const PLAIN_KEY: &str =
    "a private key must be PEM: `openssl pkey -in FILE -out key.pem` converts most formats";
const SECRET_DATA: &str = "send the decoded value: `kubectl get secret NAME -o jsonpath='{.data.tls\\.crt}' | base64 -d` \
     (`tls\\.key` for the key)";
const SEND_TEXT: &str = "send the PEM text itself";
const ERROR: &str = "the command that should print the PEM text failed; run it again and check its exit code";

/// How languages print an object instead of its content.
#[rustfmt::skip]
const OBJECTS: [&str; 27] = [
    "[B@", "[C@", "System.Byte[]", "System.Object[]", "System.String[]", "System.Security.", "java.security.",
    "sun.security.", "org.bouncycastle.", "#<OpenSSL", "#<File", "Resource id #", "OpenSSLAsymmetricKey",
    "OpenSSLCertificate", "KeyObject", "PrivateKeyObject", "<Buffer ", "<generator ", "<function ",
    "<bound method", "<_io.", "<cryptography.", "<OpenSSL.", "<class '", "&{", "[object ", "Object (",
];

/// Whether a text is a printed object.
pub(super) fn is_object(text: &str) -> bool {
    Sign::Start(&OBJECTS).is_in(text)
}

/// Known kinds; the first that matches counts.
#[rustfmt::skip]
const KINDS: [(Sign, KnownContent); 55] = [
    // Secret stores and encrypted files.
    (Sign::Any(&["$ANSIBLE_VAULT;"]), content("a text encrypted with Ansible Vault", "decrypt it: `ansible-vault view FILE`")),
    (Sign::Any(&["ENC[AES256_GCM,data:", "\"sops\":", "\nsops:"]), content("a text encrypted with SOPS", "decrypt it: `sops decrypt FILE`")),
    (Sign::Start(&["ENC[PKCS7,"]), content("a value encrypted with Hiera eyaml", "decrypt it: `eyaml decrypt -s VALUE`")),
    (Sign::Start(&["\0GITCRYPT", "GITCRYPT"]), content("a file encrypted with git-crypt", "unlock the repository: `git-crypt unlock`")),
    (Sign::Start(&["version https://git-lfs.github.com/spec/"]), content("a Git LFS pointer", "fetch the file: `git lfs pull`")),
    (Sign::Start(&["age-encryption.org/"]), content("a file encrypted with age", "decrypt it: `age -d -i KEY FILE`")),
    (Sign::Start(&["age-secret-key-", "age1"]), content("a key of age", "send the X.509 key; age keys cannot be used")),
    (Sign::Start(&["vault:v"]), content("ciphertext of Vault transit", "decrypt it: `vault write transit/decrypt/NAME ciphertext=VALUE`, then `base64 -d`")),
    (Sign::Start(&["AQICAH"]), content("ciphertext of AWS KMS", "decrypt it: `aws kms decrypt --ciphertext-blob fileb://FILE`, then `base64 -d`")),
    (Sign::Start(&["H4sI"]), content("text compressed with gzip, in base64", "decode and decompress it: `base64 -d | gunzip`")),
    (Sign::Start(&["ENC(", "{cipher}", "{aes}"]), content("an encrypted value of a configuration file (Jasypt or Spring Cloud Config)", "decrypt it with the tool that encrypted it, and send the PEM text")),
    (Sign::By(is_sealed_secret), content("ciphertext of a SealedSecret, or another random value in base64", "send the value from before `kubeseal`; only the controller in the cluster can decrypt it")),
    (Sign::Start(&["U2FsdGVkX1", "Salted__"]), content("a text encrypted with `openssl enc`", "decrypt it: `openssl enc -d`, with the options that were used to encrypt it")),
    (Sign::Start(&["$2a$", "$2b$", "$2y$", "$argon2", "$6$", "$5$", "$1$"]), content("a password hash", SEND_TEXT)),
    (Sign::By(is_kubernetes_secret), content("a Kubernetes Secret", SECRET_DATA)),
    (Sign::By(is_kubernetes_yaml), content("a Kubernetes manifest in YAML", "send only the value of its PEM field")),
    (Sign::By(has_tls_entries), content("YAML with base64 under `tls.crt` or `tls.key`", SECRET_DATA)),
    // Printed objects.
    (Sign::Start(&["@{"]), content("a PowerShell object", "use `Get-Content -Raw`, and send the property that contains the PEM text")),
    (Sign::Start(&OBJECTS), content("a printed object", "convert the object to PEM text before you put it in the body")),
    (Sign::By(is_byte_list), content("a list of byte values", "convert the bytes to text before you put them in the body")),
    (Sign::By(is_hex_dump), content("a hex dump", "convert it back: `xxd -r`, or send the file itself")),
    // JSON.
    (Sign::Json(&["\"Certificates\"", "\"certificate\""]), content("the ACME storage of Traefik", "send the decoded value: `jq -r '.[].Certificates[0].certificate' acme.json | base64 -d` (`.key` for the key)")),
    (Sign::Json(&["\"kty\""]), JSON_WEB_KEY),
    (Sign::Json(&["\\\"kty\\\""]), JSON_WEB_KEY),
    (Sign::Json(&["\"Buffer\"", "\"data\""]), content("a Node.js Buffer", "convert the Buffer to text before JSON.stringify: `buffer.toString('utf8')`")),
    (Sign::Json(&["\"PSPath\""]), content("a PowerShell object", "use `Get-Content -Raw` and convert it: `[string](Get-Content -Raw FILE)`")),
    (Sign::Json(&["\"PSChildName\""]), content("a PowerShell object", "use `Get-Content -Raw` and convert it: `[string](Get-Content -Raw FILE)`")),
    (Sign::Json(&["\"kind\"", "\"Secret\""]), content("a Kubernetes Secret", SECRET_DATA)),
    (Sign::Json(&["\"service_account\"", "\"private_key_id\""]), content("a Google service account key", "send the certificate and key of the server; this key signs API tokens")),
    (Sign::Json(&["\"SecretString\""]), content("an answer of AWS Secrets Manager", "send only the value of `SecretString`: `--query SecretString --output text`")),
    (Sign::Json(&["\"lease_id\""]), content("an answer of HashiCorp Vault", "send only the value: `vault kv get -field=NAME PATH`")),
    (Sign::Json(&["\"CertificateChain\""]), content("an answer of AWS Certificate Manager", "send only the value: `--query Certificate --output text`")),
    (Sign::Json(&["\"error\""]), content("an error in JSON", ERROR)),
    (Sign::Json(&["\"errors\""]), content("an error in JSON", ERROR)),
    (Sign::Start(&["{", "["]), content("JSON", "send only the value of its PEM field")),
    (Sign::By(is_web_token), content("a JSON Web Token", SEND_TEXT)),
    // Other formats of keys and certificates.
    (Sign::Start(&["PuTTY-User-Key-File-"]), content("a PuTTY private key", "convert it with `puttygen FILE -O private-openssh-new`, then `ssh-keygen -p -m PEM`")),
    (Sign::By(is_openssh_public_key), content("an OpenSSH public key", "send the certificate or the private key instead")),
    (Sign::All(&["<RSAKeyValue", "<D>"]), content("an RSA private key in XML (RSAKeyValue)", "convert it in .NET: `RSA.FromXmlString`, then `ExportPkcs8PrivateKeyPem`")),
    (Sign::Any(&["<RSAKeyValue", "<ECKeyValue", "<DSAKeyValue"]), content("a public key in XML (RSAKeyValue)", "send the certificate, or the private key in PEM")),
    (Sign::Start(&["Certificate:\n", "Certificate:\r\n", "Certificate Request:", "Certificate Revocation List"]), content("the text form of a certificate", "send the PEM text: `openssl x509 -in FILE`")),
    (Sign::Start(&["Private-Key:", "RSA Private-Key:", "EC Private-Key:", "SM2 Private-Key:", "Public-Key:", "RSA Public-Key:"]), content("the text form of a key", "send the PEM text: `openssl pkey -in FILE`")),
    (Sign::Start(&["Bag Attributes", "Alias name:", "Keystore type:"]), content("a description of a certificate or key", PLAIN_KEY)),
    // Pages and messages.
    (Sign::Start(&["<!doctype html", "<html", "<head", "<body"]), content("an HTML page", "a web server answered with a page; check the address and the login, and use `curl -f`")),
    (Sign::All(&["<Error>", "<Code>"]), content("an XML error", ERROR)),
    (Sign::Any(&["X509Certificate>"]), content("a certificate in XML, such as SAML metadata", "put the base64 of `X509Certificate` between a BEGIN CERTIFICATE and an END CERTIFICATE line")),
    (Sign::By(is_xml), content("XML", "send only the PEM text inside it")),
    (Sign::Start(&["HTTP/1.", "HTTP/2"]), content("an HTTP response with its header", "send only the PEM text: leave out `curl -i`")),
    (Sign::By(is_error_message), content("an error message", ERROR)),
    // Digits.
    (Sign::By(is_identifier), content("an ID", SEND_TEXT)),
    (Sign::By(is_fingerprint), content("a fingerprint, a hash or a bare number in hexadecimal", "send the PEM text itself; a fingerprint or a hash does not contain it")),
    (Sign::By(is_hexadecimal_text), content("a PEM text in hexadecimal", "decode it: `xxd -r -p`")),
    (Sign::By(is_hexadecimal_der), content("DER in hexadecimal", "convert it to binary with `xxd -r -p`, then to PEM: `openssl x509 -inform DER` or `openssl pkey -inform DER`")),
    (Sign::By(is_bare_number), content("a bare number in hexadecimal, such as the private number of a key or a point", "put it in a key structure (SEC1 or PKCS#8) and send that as PEM")),
    (Sign::By(is_environment_line), content("a line of an environment file", "send only the value of the variable, with all its lines")),
];

/// Names of things that are kept elsewhere; the first that matches counts.
#[rustfmt::skip]
const REFERENCES: [(Sign, KnownContent); 13] = [
    (Sign::Start(&["arn:aws:acm:", "arn:aws-cn:acm:", "arn:aws:iam:"]), content("an ARN of AWS", "send the PEM text; a private key is only exportable from ACM if the certificate is: `aws acm export-certificate`")),
    (Sign::Start(&["arn:"]), content("an ARN of AWS", "get the value: `aws secretsmanager get-secret-value --secret-id ARN --query SecretString --output text`")),
    (Sign::By(is_key_vault_url), content("the URL of an Azure Key Vault secret", "get the value: `az keyvault secret show --id URL --query value -o tsv`")),
    (Sign::By(is_google_resource), content("the name of a Google Cloud secret", "get the value: `gcloud secrets versions access latest --secret NAME`")),
    (Sign::Start(&["op://"]), content("a reference to 1Password", "get the value: `op read REFERENCE`")),
    (Sign::Start(&["vault://", "vault:secret/", "vault:kv/", ">>vault:", "secret/data/", "kv/data/", "hashivault://"]), content("a path of HashiCorp Vault", "get the value: `vault kv get -field=NAME PATH`")),
    (Sign::Start(&["ref+", "secretref+"]), content("a reference of vals", "resolve it: `vals eval`")),
    (Sign::Start(&["@Microsoft.KeyVault("]), content("a reference to Azure Key Vault", "get the value: `az keyvault secret show --id URL --query value -o tsv`")),
    (Sign::Start(&["ssm://", "ssm:/", "awsssm://", "aws-ssm:"]), content("a name in the AWS Parameter Store", "get the value: `aws ssm get-parameter --with-decryption --name NAME --query Parameter.Value --output text`")),
    (Sign::Start(&["awssecret://", "aws-secretsmanager:", "secretsmanager:", "sm://", "gcpsecretmanager://", "gcp-sm:", "keyvault:", "akv://", "azurekeyvault://", "doppler://", "bws://", "conjur:", "infisical://"]), content("a reference to a secret store", "get the value from the secret store, and send the PEM text")),
    (Sign::Start(&["k8s://", "secretKeyRef", "valueFrom:", "configMapKeyRef"]), content("a reference to a Kubernetes Secret", SECRET_DATA)),
    (Sign::By(is_expression), content("an expression of Terraform", "write it without quotes, or as `${…}` inside a string, so that Terraform fills in its value")),
    (Sign::Start(&["urn:", "ocid1.", "crn:", "acs:"]), content("the ID of a cloud resource", SEND_TEXT)),
];

/// Recognizes the name of something in a secret store.
pub(super) fn reference(text: &str) -> Option<KnownContent> {
    let is_one_word = text.len() <= 512 && !text.contains(char::is_whitespace) && !text.contains("-----");
    REFERENCES.iter().find(|(sign, _)| is_one_word && sign.is_in(text)).map(|(_, kind)| *kind)
}

/// Recognizes a text, without white space and a byte-order mark around it.
pub(super) fn recognize(text: &str) -> Option<KnownContent> {
    KINDS.iter().find(|(sign, _)| sign.is_in(text)).map(|(_, kind)| *kind)
}

/// Recognizes a JSON value that is not a string.
pub(crate) fn recognize_json(value: &str) -> Option<KnownContent> {
    let mut json = KINDS.iter().filter(|(sign, _)| matches!(sign, Sign::Json(_)));
    json.find(|(sign, _)| sign.is_in(value)).map(|(_, kind)| *kind)
}

impl Sign {
    fn is_in(self, text: &str) -> bool {
        let head = head(text);
        let has = |known: &str| memchr::memmem::find(head, known.as_bytes()).is_some();
        match self {
            Self::Start(starts) => starts.iter().any(|start| {
                head.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
            }),
            Self::All(parts) => parts.iter().all(|part| has(part)),
            Self::Any(parts) => parts.iter().any(|part| has(part)),
            Self::Json(parts) => text.starts_with(['{', '[']) && parts.iter().all(|part| has(part)),
            Self::By(is_it) => is_it(text),
        }
    }
}

/// The first bytes of a text, which is enough to recognize it.
fn head(text: &str) -> &[u8] {
    text.as_bytes().get(..4096).unwrap_or(text.as_bytes())
}

/// The first lines of a text, each without white space around it.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take(64).map(str::trim)
}

/// Random bytes in base64 that begin with the length of an RSA-4096 ciphertext, as `kubeseal` prints them.
fn is_sealed_secret(text: &str) -> bool {
    text.len() > 700
        && ["AgA", "AgB", "AgC", "AgD"].iter().any(|start| text.starts_with(start))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// `tls_private_key.example.private_key_pem`
fn is_expression(text: &str) -> bool {
    let is_word = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'[' | b']'))
    };
    let parts = || text.split('.');
    text.contains('_') && parts().count() >= 3 && parts().all(is_word)
}

/// The offset and the bytes of `xxd`, `hexdump` and `od`.
fn is_hex_dump(text: &str) -> bool {
    let is_hexadecimal = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_row = |line: &str| {
        let mut parts = line.split([' ', ':']).filter(|part| !part.is_empty());
        parts.next().is_some_and(|offset| offset.len() >= 6 && is_hexadecimal(offset))
            && parts.take(2).all(|part| matches!(part.len(), 2 | 4) && is_hexadecimal(part))
    };
    let start = |line: &str| line.starts_with("000000");
    text.lines().next().is_some_and(start) && text.lines().take(4).all(is_row)
}

fn is_key_vault_url(text: &str) -> bool {
    text.starts_with("https://") && text.contains(".vault.azure.")
}

/// `projects/…/secrets/…`, with or without the host before it.
fn is_google_resource(text: &str) -> bool {
    text.split_once("projects/").is_some_and(|(before, after)| {
        (before.is_empty() || before.ends_with("googleapis.com/") || before.ends_with("v1/"))
            && (after.contains("/secrets/") || after.contains("/certificates/"))
    })
}

fn is_kubernetes_yaml(text: &str) -> bool {
    lines(text).any(|line| line.starts_with("apiVersion:"))
        && lines(text).any(|line| line.starts_with("kind:"))
}

fn is_kubernetes_secret(text: &str) -> bool {
    is_kubernetes_yaml(text) && lines(text).any(|line| line == "kind: Secret")
}

fn has_tls_entries(text: &str) -> bool {
    ["tls.crt:", "tls.key:", "ca.crt:"].iter().any(|name| lines(text).any(|line| line.starts_with(name)))
}

fn is_openssh_public_key(text: &str) -> bool {
    let first = text.split([' ', '\t']).next().or_fault();
    matches!(first, "ssh-rsa" | "ssh-dss" | "ssh-ed25519")
        || first.starts_with("ecdsa-sha2-nistp")
        || (first.starts_with("sk-") && first.ends_with("@openssh.com"))
}

fn is_web_token(text: &str) -> bool {
    text.starts_with("eyJ")
        && text.contains('.')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_xml(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>') && (text.contains("</") || text.contains("/>"))
}

/// Whether the first line is a message of a command, a shell or a web server.
fn is_error_message(text: &str) -> bool {
    const MESSAGES: [&str; 24] = [
        "no such file or directory",
        "command not found",
        "permission denied",
        "access denied",
        "accessdenied",
        "not recognized as an internal or external command",
        "error from server",
        "an error occurred",
        "could not read",
        "could not open",
        "could not find",
        "cannot open",
        "cannot find",
        "unable to load",
        "can't open",
        "404 page not found",
        "404 not found",
        "403 forbidden",
        "unauthorized",
        "connection refused",
        "traceback (most recent call last)",
        "no value found at",
        "secret not found",
        "does not exist",
    ];
    const STARTS: [&str; 9] =
        ["error:", "error ", "fatal:", "curl: (", "cat: ", "bash: ", "sh: ", "exception", "unable to "];
    // The text may be a key: no copy of it is made.
    let first = text.lines().next().unwrap_or_default().as_bytes();
    let first = first.get(..300).unwrap_or(first);
    let has =
        |known: &str| first.windows(known.len()).any(|part| part.eq_ignore_ascii_case(known.as_bytes()));
    let starts = |known: &str| {
        first.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known.as_bytes()))
    };
    let is_word_or_path = |first: &[u8]| {
        let parts = first.split(|byte| matches!(byte, b'/' | b'='));
        parts.flat_map(<[u8]>::utf8_chunks).all(|chunk| !has_base64_run(chunk.valid()))
    };
    first.contains(&b' ')
        && is_word_or_path(first)
        && (MESSAGES.iter().any(|message| has(message)) || STARTS.iter().any(|start| starts(start)))
}

/// The hexadecimal digits of a text that contains nothing else but separators, and `0x` before them.
fn hexadecimal(text: &str) -> Option<impl Iterator<Item = u8> + '_> {
    let is_separator =
        |byte: u8| matches!(byte, b':' | b' ' | b'\n' | b'\r' | b'\t' | b'-' | b',' | b'\\' | b'x');
    let text = text.strip_prefix("0x").unwrap_or(text);
    let is_all = text.bytes().all(|byte| byte.is_ascii_hexdigit() || is_separator(byte));
    is_all.then(|| text.bytes().filter(u8::is_ascii_hexdigit))
}

fn count_of_digits(text: &str) -> usize {
    hexadecimal(text).map_or(0, Iterator::count)
}

/// Whether a text is hexadecimal that begins with these digits.
fn begins(text: &str, known: &str) -> bool {
    hexadecimal(text).is_some_and(|digits| {
        digits.take(known.len()).map(|digit| digit.to_ascii_lowercase()).eq(known.bytes())
    })
}

/// MD5, SHA-1 and SHA-256 in hexadecimal, with or without the name of the hash, and as OpenSSH writes them.
fn is_fingerprint(text: &str) -> bool {
    let is_named = ["sha1", "sha256", "sha-1", "sha-256", "md5"]
        .iter()
        .any(|name| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let digest = if is_named { text.split_once(['=', ':']).map_or("", |(_, digest)| digest) } else { text };
    let digest = digest.trim();
    matches!(count_of_digits(digest), 32 | 40 | 64) || (is_named && digest.len() == 43)
}

fn is_hexadecimal_text(text: &str) -> bool {
    begins(text, "2d2d2d2d2d")
}

/// Hexadecimal of DER; bytes may be separated.
fn is_hexadecimal_der(text: &str) -> bool {
    count_of_digits(text) >= 32 && begins(text, "30")
}

/// The private number or the public point of a key on a curve.
fn is_bare_number(text: &str) -> bool {
    matches!(count_of_digits(text), 48 | 56 | 66 | 96 | 128 | 130 | 132 | 194)
}

/// `45 45 45`, `45,45,45`, `[45, 45]`: the bytes of a PEM text.
fn is_byte_list(text: &str) -> bool {
    let text = text.trim_matches(['[', ']']);
    let mut numbers = text.split([',', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty());
    let is_byte = |part: &str| part.len() <= 3 && part.parse::<u8>().is_ok();
    text.len() > 40 && numbers.all(is_byte)
}

/// A UUID, or the ID of a certificate in the certificate manager of the cloud.
fn is_identifier(text: &str) -> bool {
    let is_hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = || text.split('-');
    let is_uuid = parts().map(str::len).eq([8, 4, 4, 4, 12]) && parts().all(is_hexadecimal);
    let digits = text.strip_prefix("scs").or_else(|| text.strip_prefix("scm"));
    is_uuid
        || digits.is_some_and(|digits| {
            (10..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// `NAME=value`, `export NAME=value`.
fn is_environment_line(text: &str) -> bool {
    let text = text.strip_prefix("export ").unwrap_or(text);
    text.split_once('=').is_some_and(|(name, value)| {
        name.len() >= 2
            && name.contains('_')
            && !value.trim_matches('=').is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn kinds_are_recognized() {
        for (text, name) in [
            ("$ANSIBLE_VAULT;1.1;AES256\n6135", "Ansible"),
            ("!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6135", "Ansible"),
            ("ENC[AES256_GCM,data:xyz,iv:abc,type:str]", "SOPS"),
            ("vault:v12:AAECAw==", "Vault transit"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "LFS"),
            ("age-encryption.org/v1\n-> X25519 abc", "age"),
            ("apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: LS0t", "Kubernetes Secret"),
            ("tls.crt: LS0t\ntls.key: LS0t", "tls.crt"),
            ("{\"type\":\"Buffer\",\"data\":[45]}", "Node.js"),
            ("{\"value\":\"x\",\"PSPath\":\"y\"}", "PowerShell"),
            ("{\"kty\":\"RSA\"}", "JSON Web Key"),
            ("[1]", "JSON"),
            ("PuTTY-User-Key-File-3: ssh-rsa", "PuTTY"),
            ("<RSAKeyValue><Modulus>AA==</Modulus><D>AA==</D></RSAKeyValue>", "private key in XML"),
            ("<RSAKeyValue><Modulus>AA==</Modulus></RSAKeyValue>", "public key in XML"),
            ("<!DOCTYPE html>\n<html></html>", "HTML"),
            ("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", "XML error"),
            ("cat: key.pem: No such file or directory", "error message"),
            ("curl: (22) The requested URL returned error: 404", "error message"),
            ("AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", "fingerprint"),
            ("SHA1 Fingerprint=AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", "fingerprint"),
            ("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "fingerprint"),
            ("30820122300d06092a864886f70d0101", "fingerprint"),
            ("30820122300d06092a864886f70d01010105", "hexadecimal"),
            ("2d2d2d2d2d424547494e", "PEM text in hexadecimal"),
            ("45 45 45 45 45 66 69 71 73 78 32 67 69 82 84 73 70", "list of byte values"),
            ("[45 45 45 45 45 66 69 71 73 78 32 67 69 82 84 73 70]", "list of byte values"),
            ("00000000  2d 2d 2d 2d 2d 42 45 47  |-----BEG|", "hex dump"),
            ("00000000: 2d2d 2d2d 2d42 4547  -----BEG\n00000010: 4649 4341", "hex dump"),
            ("H4sIAAAAAAAA/w==", "gzip"),
            ("{cipher}AQICAHh", "Spring"),
            ("ENC(G6N718UuyPE5)", "Jasypt"),
            ("#<OpenSSL::PKey::RSA:0x000055>", "object"),
            ("KeyObject {}", "object"),
            ("&{[48 130]}", "object"),
            ("<ds:X509Certificate>MIIB</ds:X509Certificate>", "SAML"),
            ("{\"le\":{\"Account\":{},\"Certificates\":[{\"certificate\":\"LS0t\"}]}}", "Traefik"),
            ("scs1638844541876", "an ID"),
            ("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "an ID"),
            ("TLS_CERT=abc", "environment file"),
            ("@{value=x; ReadCount=1}", "PowerShell"),
            ("[object Object]", "object"),
            ("System.Byte[]", "object"),
        ] {
            let found = recognize(text).unwrap();
            assert!(found.name.contains(name), "{text}: {}", found.name);
        }
        for (text, name) in [
            ("arn:aws:acm:eu-west-1:123456789012:certificate/aaaaaaaa-bbbb", "ARN"),
            ("https://x.vault.azure.net/secrets/www/0123", "Key Vault"),
            ("projects/12/secrets/www-key/versions/latest", "Google"),
            ("op://vault/item/field", "1Password"),
            ("secret/data/www#key", "HashiCorp"),
            ("tls_private_key.example.private_key_pem", "Terraform"),
        ] {
            assert!(reference(text).unwrap().name.contains(name), "{text}");
        }
        for text in
            ["hello", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "a certificate", "ERRORMIIB", "LS0tLS1CRUdJTg=="]
        {
            assert_eq!(recognize(text), None, "{text}");
        }
    }
}
