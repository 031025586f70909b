/** What the live run is made of: its settings, its questions, what it hides, and what it says of each unknown. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { asker, type Read } from "../../script/live/api.ts";
import { Hidden } from "../../script/live/hide.ts";
import { costText, reportOf, wentWell } from "../../script/live/report.ts";
import { questions, subjectOf } from "../../script/live/routes.ts";
import type { Seen } from "../../script/live/seen.ts";
import { settingsFrom } from "../../script/live/settings.ts";
import { shapeOf, wordOf } from "../../script/live/shape.ts";
import { ANSWERS, addressLag, unknownsIn, words } from "../../script/live/unknowns.ts";
import type { Look } from "../../script/live/watch.ts";
import { REPOSITORY } from "../support/repository.ts";

const facts = readFileSync(join(REPOSITORY, "docs/api-facts.md"), "utf8");
const APP = "3c".repeat(20);
const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";

const NOTHING: Seen = {
  stopped: null,
  dryRun: null,
  main: null,
  name: null,
  looks: [],
  reads: new Map(),
  attestedMs: null,
  post: null,
  deletion: null,
  usage: null,
  price: null,
  livedMs: null,
};

describe("what nobody knows of the API", () => {
  it("has an answer for each entry of docs/api-facts.md, and none beyond", () => {
    const numbers = [...unknownsIn(facts).keys()];
    expect(numbers.length).toBeGreaterThanOrEqual(20);
    expect(Object.keys(ANSWERS).map(Number)).toEqual(numbers);
  });

  it("is answered in words whatever was seen, even nothing", () => {
    const empty = { ...NOTHING, main: { exitCode: 1, outputs: {} } };
    for (const answer of Object.values(ANSWERS)) expect(answer(empty)).toMatch(/\w/);
  });

  it.each<[number, Partial<Seen>, RegExp]>([
    [12, { main: { exitCode: 0, outputs: { app_id: `0x${APP}` } } }, /^with `0x`$/],
    [
      15,
      { name: "live-check-1-1", main: { exitCode: 0, outputs: { name: "live-check-1-1" } } },
      /honoured: yes;/,
    ],
    [
      15,
      { name: "live-check-1-1", main: { exitCode: 0, outputs: { name: "web-rep-x1y2z" } } },
      /honoured: no;/,
    ],
    [14, { reads: new Map([["version-unknown", read(400)]]) }, /HTTP 400/],
    [
      1,
      { main: { exitCode: 1, outputs: { outcome: "pending_approval", device_id: "x" } } },
      /465; set: device_id$/,
    ],
    [
      10,
      { reads: new Map([["cvm", read(200, { kms_info: { k256_pubkey: "x" } })]]) },
      /`kms_info`: there/,
    ],
    [
      20,
      { reads: new Map([["apps", read(200, { dstack_apps: [{ cvms: [], current_cvm: null }] })]]) },
      /`cvms`: empty list; `current_cvm`: null/,
    ],
    [
      8,
      {
        reads: new Map([["cvm-unknown", read(404, { error_code: "ERR-03-001" }, ["retry-after"])]]),
      },
      /404 \(`ERR-03-001`\).*limits: retry-after/,
    ],
  ])("%i tells what was seen of it: %j", (number, seen, text) => {
    expect(ANSWERS[number]?.({ ...NOTHING, ...seen })).toMatch(text);
  });

  it("tells status words in order with their times, and when the address came", () => {
    const look = (atMs: number, row: Look["row"]): Look => ({ atMs, row, alone: null });
    const looks = [
      look(0, null),
      look(2_000, { status: "starting", in_progress: true }),
      look(4_000, { status: "starting", in_progress: true }),
      look(6_000, { status: "running", in_progress: false, endpoints: [] }),
      look(9_000, { status: "running", endpoints: [{ instance: "https://x.example" }] }),
    ];
    expect(words(looks)).toBe("`starting (in progress)` from 2.0 s, `running` from 6.0 s");
    expect(addressLag({ ...NOTHING, looks })).toBe("3.0 s after it ran");
  });
});

function read(status: number, body: unknown = null, limits: readonly string[] = []): Read {
  return { status, body, ms: 1, limits };
}

describe("the verdict", () => {
  const good: Seen = {
    ...NOTHING,
    main: { exitCode: 0, outputs: {} },
    post: { exitCode: 0 },
    deletion: { looks: [], gone: true },
    price: 0.06,
    livedMs: 600_000,
  };

  it.each<[string, Partial<Seen>]>([
    ["it was stopped", { stopped: "x" }],
    ["main failed", { main: { exitCode: 1, outputs: {} } }],
    ["post failed", { post: { exitCode: 1 } }],
    ["the deletion was not seen to its end", { deletion: { looks: [], gone: false } }],
    ["nothing was created", { main: null }],
  ])("is bad when %s", (_what, change) => {
    expect(wentWell(good)).toBe(true);
    expect(wentWell({ ...good, ...change })).toBe(false);
  });

  it("says what it cost", () => {
    expect(costText(good)).toBe("About 0.0100 USD: it lived 600 s at 0.06 USD per hour.");
    expect(costText({ ...good, livedMs: null })).toContain("nothing is billed");
  });
});

describe("the settings", () => {
  const ENV = {
    PHALA_CLOUD_API_KEY: ["phak", "test"].join("_"),
    PHALA_APP_ID: `app_${APP.toUpperCase()}`,
    PHALA_VM_UUID: UUID.replaceAll("-", ""),
    RUNNER_TEMP: "/somewhere",
  };

  it("take ids in each form, and have bounds of their own", () => {
    expect(settingsFrom(ENV)).toMatchObject({
      apiUrl: "https://cloud-api.phala.com/api/v1",
      appId: APP,
      source: UUID,
      maxCost: 0.5,
      price: null,
    });
  });

  it.each([
    ["PHALA_CLOUD_API_PREFIX", "http://elsewhere.example/api/v1"],
    ["PHALA_APP_ID", "../cvms"],
    ["PHALA_VM_UUID", ""],
    ["LIVE_MAX_COST", "a lot"],
    ["LIVE_HOURLY_PRICE", "-1"],
    ["PHALA_CLOUD_API_KEY", ""],
  ])("refuse a bad %s without saying its value", (name, value) => {
    expect(() => settingsFrom({ ...ENV, [name]: value })).toThrow(
      `${name} is missing or malformed`,
    );
  });
});

describe("the questions", () => {
  const all = questions(
    { appId: APP, source: UUID },
    subjectOf(UUID, { compose_hash: "ab", node_info: { id: 3 } }, { kms_info: { slug: "kms-1" } }),
  );

  it("are reads: a POST that could change something is not sent", async () => {
    const ask = asker("http://127.0.0.1:1", "key", new Hidden());
    for (const { path, body } of all.values()) {
      if (body !== undefined) expect(path).toMatch(/^(\/status\/batch|\/apps\/\w+\/is-allowed)$/);
    }
    await expect(ask({ path: `/apps/${APP}/instances`, body: {} })).rejects.toThrow("no POST");
    await expect(ask({ path: `/cvms/${UUID}/restart`, body: {} })).rejects.toThrow("no POST");
  });

  it("leave out the route that answers with an environment", () => {
    expect(
      [...all.values()].map(({ path }) => path).filter((path) => /\/revisions\/./.test(path)),
    ).toEqual([]);
    expect([...all.keys()]).toEqual(
      expect.arrayContaining(["batch", "is-allowed", "kms-info", "attestation"]),
    );
  });
});

describe("what may be told of an answer", () => {
  it("is its fields and kinds, not its values", () => {
    const answer = {
      id: 7,
      vm_uuid: UUID,
      instance_id: "ab".repeat(20),
      status: "running",
      created_at: "2026-07-02T08:15:09Z",
      endpoints: [{ app: "https://a.example", instance: null }],
      compose_file: { services: { secretservice: {} } },
      [UUID]: { x: "" },
      price: "0.058",
    };
    expect(shapeOf(answer)).toBe(
      "{id: number, vm_uuid: UUID, instance_id: 40 hex digits, status: text, created_at: time (whole seconds, Z), " +
        "endpoints: list of 1 {app: address, instance: null}, compose_file: {…}, ‹key›: {x: empty text}, price: number as text}",
    );
  });

  it("of a status is the word, if it is one", () => {
    expect([wordOf("shutting_down"), wordOf(UUID), wordOf(null), wordOf("z".repeat(60))]).toEqual([
      "shutting_down",
      "‹UUID›",
      "‹null›",
      "‹text›",
    ]);
  });
});

describe("what is hidden", () => {
  const hidden = new Hidden();
  hidden.add("web-staging", UUID, APP, "abc", 7);

  it("is taken out in each form, with everything that looks like an id or a secret", () => {
    const key = ["phak", "S3cret+/="].join("_");
    const text = `WEB-STAGING ${UUID.replaceAll("-", "")} 0x${APP} abc ${key} a@b.example https://x.example/y 10.0.0.7:80 cvm_Xy12Zk9Q`;
    expect(hidden.takeOut(text)).toBe("‹…› ‹…› 0x‹…› abc ‹…› ‹…› ‹…› ‹…› ‹…›");
  });

  it("takes no field's name apart where somebody's name is a plain word", () => {
    const words = new Hidden();
    words.add("project", "Certificates");
    const text = "{project_type: null, app_certificates: list, name: Project}";
    expect(words.takeOut(text)).toBe("{project_type: null, app_certificates: list, name: ‹…›}");
    expect(() => words.check(words.takeOut(text))).not.toThrow();
  });

  it("is refused where it is left", () => {
    expect(() => hidden.check("all is well, abc")).not.toThrow();
    expect(() => hidden.check("on Web-Staging")).toThrow("1 hidden");
  });

  it("does not stand in a report of a run that was stopped", () => {
    const report = reportOf({ ...NOTHING, stopped: "an hour costs 2 USD" }, facts);
    expect(report).toContain("Stopped before anything was created: an hour costs 2 USD");
    expect(report).toContain("| 20 |");
  });
});
