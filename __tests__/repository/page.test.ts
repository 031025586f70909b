/** The page of `script/demo --serve`: what its server hands out, and what a real browser shows of it. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { type Browser, chromium, type Page as Tab } from "playwright-core";
import { cloudAt } from "../../script/stage/cloud.ts";
import { type Page, type Seen, servePage } from "../../script/stage/serve.ts";
import { type Simulator, startSimulator } from "../../simulator/index.ts";
import { findChromium } from "../support/browser.ts";

// A browser takes long to start on a busy machine.
jest.setTimeout(120_000);

const program = findChromium();

let sim: Simulator;
let page: Page;
beforeAll(async () => {
  sim = await startSimulator({ bootMs: 50, removeMs: 50 });
  page = await servePage(
    cloudAt({
      api_url: sim.apiUrl,
      api_key: sim.apiKey,
      app_id: sim.appId,
      vm_uuid: sim.vmUuid,
      control_url: sim.controlUrl,
    }),
  );
});
afterAll(async () => {
  await page.close();
  await sim.close();
});

const headers = () => ({ "x-api-key": sim.apiKey, "x-phala-version": "2026-01-21" });
const create = () =>
  fetch(`${sim.apiUrl}/apps/${sim.appId}/cvms/${sim.vmUuid}/replicas`, {
    method: "POST",
    headers: headers(),
  });

describe("the page's server", () => {
  it("tells what is there and what was asked, and no key", async () => {
    await fetch(`${sim.apiUrl}/apps/${sim.appId}/cvms`, { headers: headers() });
    const text = await (await fetch(`${page.url}seen`)).text();
    const seen = JSON.parse(text) as Seen;
    expect(seen).toMatchObject({ billed: 1, instances: [{ source: true, billed: true }] });
    expect(seen.cost).toBeGreaterThan(0);
    expect(seen.cost).toBeLessThan(0.01);
    expect(seen.requests).toEqual([expect.objectContaining({ method: "GET", status: 200 })]);
    expect(text).not.toContain(sim.apiKey);
  });

  it("hands out its own files and nothing else, and lets the page load nothing from elsewhere", async () => {
    const answer = await fetch(page.url);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
    for (const path of ["page.ts", "../serve.ts", "%2e%2e/serve.ts", "package.json"]) {
      expect((await fetch(`${page.url}${path}`)).status).toBe(404);
    }
  });

  it("answers to no name of somebody else that leads to this machine", async () => {
    const status = await new Promise((done, fail) => {
      request(`${page.url}seen`, { headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        done(answer.statusCode);
      })
        .on("error", fail)
        .end();
    });
    expect(status).toBe(421);
  });
});

// A test that could not run has not passed: without a browser these are skipped, and say so in the report.
const inBrowser = program === null ? describe.skip : describe;
if (program === null) {
  console.warn(
    "No Chromium on this machine: the page is not tested in a browser (CHROMIUM names one).",
  );
}

inBrowser("the page in a real browser", () => {
  let browser: Browser;
  let tab: Tab;
  const wrong: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program ?? "", headless: true });
    tab = await browser.newPage();
    tab.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    tab.on("pageerror", (error) => wrong.push(error.message));
    await tab.goto(page.url);
  });
  afterAll(async () => {
    await browser?.close();
  });

  const billed = (count: number) =>
    tab.locator("#billed", { hasText: new RegExp(`^billed now: ${count}$`) }).waitFor();

  it("shows instances, requests and money live", async () => {
    await billed(1);
    sim.fault({ route: "create", kind: "drop", when: "after" });
    await create().catch(() => null);
    await billed(2);
    const made = sim.replicas().at(-1);
    const instance = tab.locator("#instances tr", { hasText: made?.name ?? "" });
    await instance.locator("td", { hasText: "running" }).waitFor();
    const post = tab.locator("#requests tr.creates");
    await post.filter({ hasText: "no answer (fault: drop)" }).waitFor();
    expect(await post.count()).toBe(1);
    expect(await tab.title()).toContain("billed now: 2");

    await fetch(`${sim.apiUrl}/cvms/${made?.vmUuid}`, { method: "DELETE", headers: headers() });
    await billed(1);
    await tab.locator("#instances tr.gone", { hasText: made?.name ?? "" }).waitFor();
    expect(await tab.locator("#cost").textContent()).toMatch(
      /^\$\d+\.\d{6} since this page opened$/,
    );
    expect(await tab.content()).not.toContain(sim.apiKey);
  });

  it("shows what the cloud says as text, never as markup", async () => {
    const name = "<img src=x onerror=document.title='owned'>";
    sim.update(sim.vmUuid, { name });
    await tab.locator("#instances td", { hasText: name }).waitFor();
    expect(await tab.locator("#instances img").count()).toBe(0);
    sim.update(sim.vmUuid, { name: "web" });
  });

  it.each(["light", "dark"] as const)("can be read in %s", async (colorScheme) => {
    await tab.emulateMedia({ colorScheme });
    await billed(1);
    const pairs = await tab.evaluate<[string, string, string][]>(COLOURS);
    expect(pairs.length).toBeGreaterThanOrEqual(5);
    const low = pairs.filter(([, text = "", ground = ""]) => contrast(text, ground) < 4.5);
    expect(low).toEqual([]);
    const ground = await tab.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(luminance(ground) > 0.5).toBe(colorScheme === "light");
  });

  it("says when nobody answers any more", async () => {
    await tab.route("**/seen", (route) => route.abort());
    await tab.locator("#live", { hasText: "does not answer" }).waitFor();
    await tab.unroute("**/seen");
    await tab.locator("#live", { hasText: "live: looked at" }).waitFor();
    // The abort above is the one thing that a browser may complain of.
    expect(wrong.filter((text) => !text.includes("ERR_FAILED"))).toEqual([]);
  });
});

/** For the browser: of some texts on the page, their colour and that of the ground below them. */
const COLOURS = `["#billed", "#cost", "h2", "th", "#instances td", "#requests .good"].flatMap((selector) => {
  const place = document.querySelector(selector);
  if (place === null) return [];
  const colour = (of) => getComputedStyle(of).backgroundColor;
  let ground = place;
  while (ground !== null && colour(ground) === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  return [[selector, getComputedStyle(place).color, ground === null ? "" : colour(ground)]];
})`;

/** WCAG's relative luminance of `rgb(…)`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((text) => {
    const part = Number(text) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
