// The page of apicert-serve: sends the body to /page/check and shows what is said of it.
// All text is set as text: nothing of a body or a certificate becomes markup.
"use strict";

const element = (id) => document.getElementById(id);

function make(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// The body that the result is about.
let checked = "";

function query(more) {
  const choice = {
    service: element("service").value,
    call: element("call").value,
    domain: element("domain").value,
    ...more,
  };
  return new URLSearchParams(choice).toString();
}

async function ask(path, body) {
  const answer = await fetch(path, { method: "POST", body, cache: "no-store" });
  if (!answer.ok) {
    const text = answer.status === 413 ? "The body has more than 1 MiB." : `The check failed (${answer.status}).`;
    throw new Error(text);
  }
  return answer;
}

async function check() {
  element("message").textContent = "";
  checked = element("body").value;
  try {
    show(await (await ask(`/page/check?${query({})}`, checked)).json());
  } catch (error) {
    element("result").hidden = true;
    element("message").textContent = error.message;
  }
}

function repaired() {
  const safety = element("unsafe-too").checked ? "unsafe" : "safe";
  return ask(`/page/fix?${query({ safety })}`, checked).then((answer) => answer.text());
}

function show(verdict) {
  const { report, response } = verdict;
  const accepted = report.verdict === "accept";
  element("verdict").textContent = accepted
    ? `✓ Accepted: the service is predicted to answer ${response.status}`
    : `✗ Refused: the service is predicted to answer ${response.status} ${response.body.error_code}`;
  element("verdict").className = accepted ? "accepted" : "rejected";
  element("summary").textContent = accepted ? count(report.findings) : `${response.body.error_msg} ${count(report.findings)}`;
  showRepairs(verdict);
  element("findings").replaceChildren(...report.findings.map(finding));
  if (report.findings.length === 0) element("findings").append(make("li", "", "Nothing was found."));
  element("text-part").hidden = verdict.text === "";
  element("text").replaceChildren(...marked(verdict.text, report.findings));
  element("chains").replaceChildren(...chains(verdict.contents, verdict.now));
  element("status").textContent = `Status ${response.status}. ${accepted ? "The service assigns the identifiers and times." : ""}`;
  element("response").textContent = JSON.stringify(response.body, null, 2);
  element("result").hidden = false;
  element("verdict").focus();
}

function count(findings) {
  const of = (severity) => findings.filter((finding) => finding.severity === severity).length;
  const words = ["error", "warning", "note"]
    .filter((severity) => of(severity) > 0)
    .map((severity) => `${of(severity)} ${severity}${of(severity) > 1 ? "s" : ""}`);
  return words.length === 0 ? "No findings." : `${words.join(", ")}.`;
}

function showRepairs(verdict) {
  const after = verdict.accepted_after;
  element("repairs").hidden = !verdict.safe && !verdict.unsafe;
  element("unsafe").hidden = !verdict.unsafe;
  element("unsafe-too").checked = !verdict.safe;
  const describe = () => {
    const accepted = element("unsafe-too").checked ? after.unsafe : after.safe;
    element("repairs-text").textContent = accepted
      ? "It can be repaired. The repaired body is predicted to be accepted."
      : "Some of it can be repaired. The repaired body is still predicted to be refused.";
  };
  element("unsafe-too").onchange = describe;
  describe();
}

function finding(found, index) {
  const { line, column } = found.range.start;
  const inPem = found.pem ? `, PEM block ${found.pem.block}, line ${found.pem.line}, column ${found.pem.column}` : "";
  const place = make("a", "", `${found.pointer || "the body"}${inPem || `, line ${line}, column ${column}`}`);
  place.href = `#place-${index + 1}`;
  const item = make(
    "li",
    found.severity,
    make("p", "", make("span", "severity", `${index + 1}. ${found.severity}: `), found.message),
    make("p", "detail", make("code", "", found.rule), " at ", place),
  );
  if (found.help) item.append(make("p", "detail", `Help: ${found.help}`));
  for (const text of new Set(found.related.map(({ pointer, message }) => `${pointer || "the body"}: ${message}`))) {
    item.append(make("p", "detail", text));
  }
  if (found.fix) item.append(make("p", "detail", `Repair (${found.fix.safety}): ${found.fix.title}`));
  return item;
}

// The masked text, with a mark where each finding begins. Its bytes and characters are the same: it is ASCII. The line
// breaks of PEM texts are shown as such.
function marked(text, findings) {
  const places = findings
    .map(({ range }, index) => ({ start: range.start.offset, end: range.end.offset, number: index + 1 }))
    .sort((one, other) => one.start - other.start || one.number - other.number);
  const wrapped = (from, to) => text.slice(from, to).replaceAll("\\n", "\\n\n");
  const parts = [];
  let at = 0;
  for (const [order, { start, end, number }] of places.entries()) {
    const next = places[order + 1]?.start ?? text.length;
    const from = Math.max(at, start);
    // The mark is short, so that it is seen as a whole.
    const to = Math.max(from, Math.min(end, next, from + 24));
    parts.push(wrapped(at, from));
    const mark = make("mark", "", make("sup", "", `${number}`), wrapped(from, to));
    mark.id = `place-${number}`;
    parts.push(mark);
    at = to;
  }
  parts.push(wrapped(at, text.length));
  return parts;
}

const PLACES = {
  leaf: "Leaf",
  intermediate: "Intermediate CA",
  root: "Root CA",
  anchor: "Trusted root CA",
  copy: "Copy",
  unrelated: "Unrelated",
  unknown: "Certificate",
};

// The chains of the body: each certificate that issued no other, and upwards from there.
function chains(contents, now) {
  const all = contents?.certificates ?? [];
  if (all.length === 0) return [make("p", "detail", "There is no certificate that can be read.")];
  const issuers = new Set(all.filter((one) => one.chain.issuer !== one.index).map((one) => one.chain.issuer));
  const bottoms = all.filter((one) => !issuers.has(one.index));
  return (bottoms.length > 0 ? bottoms : all).map((bottom) => {
    const list = make("ol", "chain");
    const seen = new Set();
    for (let one = bottom; one && !seen.has(one.index); one = all[one.chain.issuer]) {
      seen.add(one.index);
      list.append(certificate(one, contents.keys, now));
      if (one.self_signed) break;
      list.append(make("li", "arrow", arrow(one)));
      if (one.chain.issuer === null) list.append(absent(one));
    }
    return list;
  });
}

function arrow({ chain }) {
  return chain.signature === "invalid" ? "↓ names as its issuer, whose signature it does not have:" : "↓ issued by";
}

function certificate(one, keys, now) {
  const { not_before: from, not_after: to } = one.metadata;
  const kind = [one.key.algorithm, one.key.bits && `${one.key.bits} bits`, one.key.curve].filter(Boolean).join(", ");
  const box = make(
    "div",
    "certificate",
    make("p", "", make("span", "place", `${PLACES[one.chain.place] ?? one.chain.place}: `), one.subject || "(no subject)"),
    make("p", "detail", `${one.pointer ?? ""}, block ${one.block} · ${kind}`),
  );
  if (one.metadata.san) box.append(make("p", "detail", `For ${one.metadata.san.join(", ")}`));
  box.append(make("p", "detail", `Valid from ${from.slice(0, 10)} to ${to.slice(0, 10)}`));
  if (to < now) box.append(make("p", "alarm", "✗ Expired"));
  if (from > now) box.append(make("p", "alarm", "✗ Not valid yet"));
  if (keys.some((key) => key.matches.includes(one.index))) box.append(make("p", "fine", "✓ The private key belongs to it"));
  else if (one.chain.place === "leaf") box.append(make("p", "alarm", "✗ No private key for it in the body"));
  return make("li", "", box);
}

function absent(one) {
  return make(
    "li",
    "",
    make("div", "certificate absent", make("p", "", make("span", "place", "Not in the body: "), one.issuer_name)),
  );
}

// Files: a body as it is; certificates and keys become the fields of a body.
async function take(files) {
  const fields = {};
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    if (text.trimStart().startsWith("{")) {
      element("body").value = text;
      return check();
    }
    const isText = text.includes("-----BEGIN ");
    const content = isText ? text : btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    // A file without PEM labels is told by its name.
    const isKey = isText ? /PRIVATE KEY-----/.test(text) : /key/i.test(file.name);
    const isCertificate = isText ? /CERTIFICATE-----/.test(text) : !isKey;
    if (isKey) fields.private_key = content;
    if (isCertificate) fields.cert_content = (fields.cert_content ?? "") + content;
  }
  let body = {};
  try {
    body = JSON.parse(element("body").value);
  } catch {
    // What is there is no body: a new one begins.
  }
  const name = "certificate";
  element("body").value = JSON.stringify({ name, ...body, ...fields }, null, 2);
  return check();
}

function download(text) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "request.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
element("files").addEventListener("change", (event) => take(event.target.files));
element("download").addEventListener("click", async () => download(await repaired()));
element("use").addEventListener("click", async () => {
  element("body").value = await repaired();
  check();
});
const drop = element("drop");
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length > 0) take(event.dataTransfer.files);
  });
}
