// Chromium for the tests: a line of JSON in is something to do, a line of JSON out says how it went.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)("playwright-core");
const browser = await chromium.launch({
  executablePath, headless: true, args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
const pages = new Map();

const does = {
  // A page in a profile of its own; what it asks for and what it says is kept.
  async open({ page: name, options }) {
    const context = await browser.newContext(options);
    const kept = { context, requests: [], said: [] };
    context.on("request", (request) => kept.requests.push(request.url()));
    pages.set(name, kept);
    await does.tab({ page: name });
  },
  // Another page in the same profile: what was stored or cached is still there.
  async tab({ page: name }) {
    const kept = pages.get(name);
    if (kept.page) await kept.page.close();
    kept.page = await kept.context.newPage();
    kept.page.on("console", (message) => kept.said.push(`${message.type()}: ${message.text()}`));
    kept.page.on("pageerror", (error) => kept.said.push(`error: ${error.message}`));
  },
  async call({ page, method, given }) {
    const result = await method.split(".").slice(0, -1).reduce((at, key) => at[key], pages.get(page).page)[
      method.split(".").at(-1)](...given);
    return ["string", "number", "boolean"].includes(typeof result) ? result : null;
  },
  async run({ page, code, given }) {
    return pages.get(page).page.evaluate(`(${code})(${JSON.stringify(given ?? null)})`);
  },
  // Asked again from here: Playwright's own waiting evaluates text inside the page, which the
  // page's Content-Security-Policy forbids as soon as the condition is not true at once.
  async until({ page, code, timeout }) {
    const end = Date.now() + timeout;
    let last = "";
    while (Date.now() < end) {
      try {
        if (await pages.get(page).page.evaluate(`Boolean(${code})`)) return;
      } catch (error) {
        last = ` (${error.message})`; // the page is on its way to another address
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not within ${timeout / 1000} s: ${code}${last}`);
  },
  async offline({ page, value }) {
    await pages.get(page).context.setOffline(value);
  },
  async download({ page, selector, path }) {
    const { page: tab } = pages.get(page);
    const [file] = await Promise.all([tab.waitForEvent("download"), tab.click(selector)]);
    await file.saveAs(path);
    return file.suggestedFilename();
  },
  async kept({ page }) {
    const { requests, said } = pages.get(page);
    return { requests, said };
  },
  async close({ page }) {
    await pages.get(page).context.close();
    pages.delete(page);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await does[asked.op](asked)) ?? null };
  } catch (error) {
    answer = { error: String(error.message || error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
