//! The examples and exit codes at the end of `--help`.

pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  nothing at or above --fail-on; for predict: the service would accept the body
  1  something is; for predict: the service would refuse it, or --against differs
  2  could not run: bad option or configuration, unreadable or missing PATH, output not writable
     (wins over 1)
  3  no body found
  4  internal fault

A PATH is a file, - for standard input, or a folder: walked with ignore files honoured, taking every
*.json whose top level is an object with a cert_content or private_key member. Without PATH: the
current folder. Files called *.ndjson or *.jsonl hold a body a line, and so does everything with
--ndjson. A body of more than 1 MiB is not read.

No network connection is ever opened, and nothing of a private key is ever printed.";

pub(super) const EXAMPLES: &str = "\
Examples:
  apicert check request.json
  apicert check --service apig --domain www.example.com --format json request.json
  vault read -field=body secret/cert | apicert check -
  apicert predict request.json
  apicert explain key-mismatch

Exit codes: 0 good, 1 findings, 2 could not run, 3 no body found, 4 internal fault";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  apicert explain key-mismatch
  apicert explain APIG.2101";

pub(super) const PREDICT_EXAMPLES: &str = "\
Examples:
  apicert predict request.json
  apicert predict --project-id 5019bd4b2ee24d8a9d0e2f43aa4e5a39 request.json
  apicert predict --against response.json request.json";

pub(super) const FIX_EXAMPLES: &str = "\
Examples:
  apicert fix --diff request.json
  apicert fix request.json
  render-body | apicert fix - > request.json";

pub(super) const FIX_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on is left
  1  something is; what could be repaired is repaired all the same
  2  could not run: bad option or configuration, unreadable or missing PATH, a file that cannot be
     replaced (wins over 1)
  3  no body found
  4  internal fault

A PATH is a file, - for standard input, or a folder: searched for bodies as by check. Files are
repaired in place: at any moment the old file or the new one is there, whole, with the same owner and
permissions. Symbolic links are followed. Files that are read-only, have several names (hard links) or
are no ordinary files are left alone. The body of standard input goes to standard output, and what is
left to standard error.

Everything else in a file stays as it is, byte for byte. Safe repairs are verified: a PEM field is
changed only if each of its blocks then decodes to what its label says, and every block that decoded
before is still there. Otherwise the whole field is left alone, line breaks included, and the findings
say what is wrong. --unsafe may also change or drop what you may have meant, but never the only
private key or the certificate that belongs to it. The format of a key is never changed.";

pub(super) const BUILD_EXAMPLES: &str = "\
Examples:
  apicert build --name cert_demo --cert fullchain.pem --key privkey.pem -o request.json
  apicert build --name cert_demo --cert leaf.pem chain.pem --key server.key | apicert predict -
  apicert build --name cert_demo --cert bundle.p12 --password env:P12_PASSWORD -o request.json
  kubectl get secret my-tls -o json | apicert build --name cert_demo --cert - -o request.json
  apicert build --name cert_demo --cert all.pem --key all.pem --type instance --instance-id \
f0fa17893b76433ba7879892951c620e";

pub(super) const BUILD_CODES: &str = "\
Exit codes:
  0  the body is written
  1  the service would refuse it, or it has another error: nothing is written, the findings point into
     the files
  2  could not run: bad option or configuration, unreadable file, wrong password, output not writable
  4  internal fault

The certificates are put in order. What does not belong is left out: text around the blocks, a second
copy, a private key in the file of --cert, certificates in that of --key, other blocks, a root at the
end of the chain. What was left out is said, and so are warnings and notes about the body. Keys keep
their format; encrypted ones are decrypted with the password of --password. Nothing else is guessed.

A file of more than 1 MiB is not read, and no body of more than 1 MiB is written.";

pub(super) const INSPECT_EXAMPLES: &str = "\
Examples:
  apicert inspect request.json
  apicert inspect fullchain.pem privkey.pem
  apicert inspect --password env:P12_PASSWORD bundle.p12
  apicert inspect --format json certificate.der";

pub(super) const INSPECT_CODES: &str = "\
Exit codes, the same in every format:
  0  a certificate or a private key was found in every PATH
  2  could not run: bad option or configuration, unreadable or missing PATH, wrong password (wins
     over 3)
  3  there is no certificate and no private key in a PATH, or none that can be read; in a folder: no
     body
  4  internal fault

A PATH is a file, - for standard input, or a folder: walked for bodies as by check. A file that
begins with a brace is taken as a body, one that begins like DER as DER, any other as PEM. Damaged
PEM is read as if repaired. PKCS#12, PKCS#7, encrypted private keys, Kubernetes Secrets and the JSON
of Vault are recognized by their content. A file of more than 1 MiB is not read.

Certificates count from 1 in text, as in the findings of check, and from 0 in JSON, as arrays do.

No network connection is ever opened, and of a private key nothing but its public half is printed.";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  apicert completions bash > ~/.local/share/bash-completion/completions/apicert
  apicert completions zsh > ~/.zfunc/_apicert    # in ~/.zshrc: fpath+=~/.zfunc; autoload -U compinit; compinit
  apicert completions fish > ~/.config/fish/completions/apicert.fish
  apicert completions powershell >> $PROFILE
  apicert completions elvish >> ~/.config/elvish/rc.elv";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  apicert man | man -l -
  apicert man check | man -l -
  apicert man --dir ~/.local/share/man/man1";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  apicert check request.json other.json
  apicert check --format concise requests/
  apicert check --deny weak-key --allow chain-in-roma --fail-on warning
  apicert check --output json=report.json request.json
  dump-bodies | apicert check --ndjson --format ndjson - > findings.ndjson";
