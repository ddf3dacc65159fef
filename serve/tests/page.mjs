// The page in a real browser, from the broken example to the accepted body. Usage: node page.mjs [SCREENSHOTS]
// Needs playwright-core (in NODE_PATH or a node_modules above), and Chromium in CHROMIUM or the PATH.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(process.env.PLAYWRIGHT ? path.join(process.env.PLAYWRIGHT, "x.js") : import.meta.url);
const { chromium } = require("playwright-core");
const root = path.resolve(import.meta.dirname, "../..");
const fixtures = path.join(root, "fixtures");
const screenshots = process.argv[2];
const folder = await mkdtemp(path.join(tmpdir(), "apicert-page-"));

async function start() {
  const program = process.env.APICERT_SERVE ?? path.join(root, "target/debug/apicert-serve");
  const server = spawn(program, ["--now", "2026-07-01T00:00:00Z"], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve) => server.stdout.once("data", (data) => resolve(`${data}`)));
  return [server, line.trim().split(" ").at(-1)];
}

const tests = {
  async "from the broken example to the accepted body"(page) {
    const broken = await readFile(path.join(fixtures, "reference/request.json"), "utf8");
    await page.fill("#body", broken);
    await page.locator("button.primary").click();
    await page.locator("#result").waitFor();
    assert.match(await page.textContent("#verdict"), /Refused: .* 400 APIG\.\d+/);
    const findings = await page.locator("#findings li").allTextContents();
    assert(findings.some((text) => text.includes("swapped-fields")), findings.join("\n"));
    // Each finding has its place in the text, in which nothing of the key is shown.
    for (const [index] of findings.entries()) assert.equal(await page.locator(`#place-${index + 1}`).count(), 1);
    const key = JSON.parse(broken).cert_content.split("\\n")[3];
    assert(key.length > 30 && !(await page.textContent("#result")).includes(key));
    const downloading = page.waitForEvent("download");
    await page.click("#download");
    const download = await downloading;
    const repaired = await readFile(await download.path(), "utf8");
    assert.equal(repaired, await readFile(path.join(fixtures, "reference/repaired.json"), "utf8"));
    // The file that was downloaded is accepted.
    const file = path.join(folder, "request.json");
    await writeFile(file, repaired);
    await page.setInputFiles("#files", file);
    await page.waitForFunction(() => document.querySelector("#verdict").textContent.includes("Accepted"));
    assert.match(await page.textContent("#response"), /"serial_number": "219450666855693268010130472645821723203"/);
    assert.match(await page.textContent("#chains"), /Leaf: .*The private key belongs to it.*issued by.*Not in the body/s);
  },

  async "certificate and key as files"(page) {
    const pki = path.join(fixtures, "pki");
    await page.setInputFiles("#files", [path.join(pki, "certs/leaf-rsa-2048.pem"), path.join(pki, "keys/rsa-2048.pkcs8.pem")]);
    await page.locator("#result").waitFor();
    assert.match(await page.textContent("#verdict"), /Accepted/);
    await page.selectOption("#call", "bind");
    await page.fill("#domain", "other.example");
    await page.locator("button.primary").click();
    await page.waitForFunction(() => document.querySelector("#verdict").textContent.includes("APIG.2103"));
  },

  async "by the keyboard alone"(page) {
    await page.locator("#service").focus();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "body");
    await page.keyboard.insertText(await readFile(path.join(fixtures, "reference/request.json"), "utf8"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#result").waitFor();
    // The verdict has the focus; the repaired body is two steps away.
    assert.equal(await page.evaluate(() => document.activeElement.id), "verdict");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "use");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#verdict").textContent.includes("Accepted"));
  },

  async "names of certificates are no markup, and faults are told"(page) {
    await page.fill("#body", '{"<img src=x onerror=alert(1)>": 1, "name": "<b>x</b>"}');
    await page.locator("button.primary").click();
    await page.locator("#result").waitFor();
    assert.equal(await page.locator("#result img, #result b").count(), 0);
    await page.evaluate(() => { document.querySelector("#body").value = " ".repeat(1024 * 1024 + 1); });
    await page.locator("button.primary").click();
    await page.waitForFunction(() => document.querySelector("#message").textContent.includes("1 MiB"));
  },
};

const [server, origin] = await start();
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
let passed = 0;
let failed = 0;
try {
  for (const [name, test] of Object.entries(tests)) {
    const context = await browser.newContext({ acceptDownloads: true });
    const page = await context.newPage();
    const problems = [];
    // Blobs are of the page itself: downloads.
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith(`blob:${origin}/`)) problems.push(`asked for ${request.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("413")) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(`${error}`));
    page.on("dialog", (dialog) => problems.push(dialog.message()));
    try {
      await page.goto(`${origin}/`);
      await test(page);
      const kept = await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length);
      assert.equal(kept, 0);
      assert.deepEqual(problems, []);
      console.log(`ok: ${name}`);
      passed += 1;
    } catch (error) {
      console.log(`FAILED: ${name}: ${error.stack}\n${problems.join("\n")}`);
      failed += 1;
    }
    await context.close();
  }
  if (screenshots) {
    await mkdir(screenshots, { recursive: true });
    const bodies = { broken: "reference/request.json", expired: "rules/expired-intermediate/bad.json" };
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [400, 1200]) {
        for (const [name, body] of Object.entries(bodies)) {
          const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
          await page.goto(`${origin}/`);
          await page.fill("#body", await readFile(path.join(fixtures, body), "utf8"));
          await page.locator("button.primary").click();
          await page.locator("#result").waitFor();
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert(excess <= 0, `${width} pixels are not enough: ${excess} more`);
          await page.screenshot({ path: path.join(screenshots, `${name}-${colorScheme}-${width}.png`), fullPage: true });
          await page.close();
        }
      }
    }
  }
} finally {
  await browser.close();
  server.kill();
  await rm(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
