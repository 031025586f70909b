import { describe, expect, it } from "@jest/globals";
import type { Blindness } from "../../src/fleet/follow/limits.ts";
import type { Look } from "../../src/fleet/follow/lookout.ts";
import { Watch } from "../../src/fleet/follow/watch.ts";
import type { Context } from "../../src/fleet/run.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { blankReplica, type Replica } from "../../src/ledger/replica.ts";
import { blankRun } from "../../src/ledger/run-so-far.ts";
import type { Fault } from "../../src/net/fault.ts";
import { type Cvm, readCvm } from "../../src/phala/cvm.ts";
import type { BootStatus } from "../../src/phala/status.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import { createLine } from "../../src/report/log/create.ts";
import { WHAT_NEXT } from "../../src/report/words/advice.ts";
import {
  APP_ID,
  type Bench,
  bench,
  bootStatus,
  row,
  type Script,
  START_AT,
  thrown,
  uuid,
} from "../support/desk.ts";
import { answerFault, failedRequest } from "../support/troubles.ts";

function cvmOf(over: Readonly<Record<string, unknown>> = {}): Cvm {
  const cvm = readCvm(row(1, over));
  if (cvm === null) throw new Error("the row of this test is no row");
  return cvm;
}

/** A replica that was just created, and a watch on it with a deadline in ten minutes. */
function watched({
  healthCheck = null as string | null,
  origin = "created" as Replica["origin"],
  answer = { status: 200 } as Script,
} = {}) {
  const b = bench(() => answer);
  const key = "new-0";
  const before: Replica = {
    ...blankReplica(key),
    origin,
    fate: "there",
    cvm: cvmOf({ status: "starting", endpoints: [] }),
    times: { made: START_AT - 5_000 },
  };
  const ledger = new Ledger(() => b.clock.now(), NO_PEN, { run: blankRun, replicas: [before] });
  ledger.subscribe((fact) => {
    const line = createLine(fact, { workspaceSlug: "space", appId: APP_ID });
    if (line !== null) b.runner[line.as](line.text);
  }, thrown);
  const unasked = { port: null, healthExpect: null, healthForMs: 0 };
  const inputs = { healthCheck, pollIntervalMs: 2_000, appId: APP_ID, ...unasked };
  // The watch reads three inputs; the rest would only be noise here.
  const context = { ...b, ledger, inputs } as unknown as Context;
  let woken = 0;
  let blindness: Blindness | null = null;
  const limits = {
    begun: START_AT,
    deadline: START_AT + 600_000,
    wake: () => {
      woken += 1;
    },
    blind: () => blindness,
  };
  const watch = new Watch(context, key, limits);
  const goBlind = (fault: Fault, never = false) => {
    blindness = { fault, never };
  };
  const place = { workspaceSlug: "space", appId: APP_ID };
  /** What is said of it in the end. */
  const said = () => {
    const { trouble } = watch.replica;
    return trouble === null ? null : failureOf(trouble, { ...place, replica: watch.replica });
  };
  return { b, watch, goBlind, said, woken: () => woken };
}

const batch = (status: BootStatus | null): Look => ({
  statuses: new Map(status === null ? [] : [[uuid(1), status]]),
  cvms: null,
  tellsAbsence: true,
});
const rows = (cvm: Cvm | null): Look => ({
  statuses: new Map(
    cvm === null
      ? []
      : [
          [
            uuid(1),
            bootStatus({ detailed: false, status: cvm.status, inProgress: cvm.inProgress }),
          ],
        ],
  ),
  cvms: new Map(cvm === null ? [] : [[uuid(1), cvm]]),
  tellsAbsence: false,
});
const RUNNING = bootStatus({ status: "running", inProgress: false });
const lines = ({ runner }: Bench) => runner.entries.map(({ text }) => text);

describe("a watch", () => {
  it("is done when it runs and its row was read; the replica then holds both", () => {
    const { watch } = watched();
    watch.observe(batch(bootStatus()));
    expect([watch.settled, watch.lacksDetails, watch.replica.status]).toEqual([
      false,
      false,
      "starting",
    ]);
    watch.observe(batch(RUNNING));
    expect([watch.settled, watch.lacksDetails, watch.replica.status]).toEqual([
      false,
      true,
      "running",
    ]);
    watch.observe(rows(cvmOf()));
    expect([watch.settled, watch.replica.trouble]).toEqual([true, null]);
    expect(watch.replica.cvm?.instanceUrl).toBe("https://i1.invalid");
    expect(watch.replica.times.running).toBe(START_AT);
  });

  it("is not done by a row that is still in progress", () => {
    const { watch } = watched();
    watch.observe(rows(cvmOf({ in_progress: true })));
    expect([watch.settled, watch.lacksDetails]).toEqual([false, false]);
  });

  it("takes nothing from a list that does not show it", () => {
    const { said, watch } = watched();
    watch.observe(batch(RUNNING));
    for (let n = 0; n < 5; n++) watch.observe(rows(null));
    expect([watch.settled, watch.replica.trouble]).toEqual([false, null]);
    for (let n = 0; n < 2; n++) watch.observe(batch(null));
    expect(said()?.text).toMatch(/somebody deleted it/);
    expect([watch.replica.fate, watch.replica.status]).toEqual(["gone", "deleted"]);
  });

  it("ends with the reason, the time and the link where the boot comes to nothing", async () => {
    const { b, said, watch } = watched();
    await b.clock.drive(b.clock.sleep(95_000));
    watch.observe(batch(bootStatus({ status: "exited", bootError: "out of disk." })));
    expect(watch.settled).toBe(true);
    expect(said()?.code).toBe("BOOT");
    expect(said()?.text).toBe(
      `web-1 did not come up: its status is exited after 1 min 35 s. Boot error: out of disk. Last progress: pre-launch. ${WHAT_NEXT.boot} See https://cloud.phala.com/space/apps/${APP_ID}/instances/${uuid(1).replaceAll("-", "")}`,
    );
  });

  it("says each change once, with the time since creation", async () => {
    const { b, watch } = watched();
    const looks = [
      bootStatus(),
      bootStatus(),
      bootStatus({ bootProgress: "starting containers" }),
      bootStatus({ bootProgress: "starting containers", bootError: "x\n::error::y" }),
      bootStatus({ bootProgress: "starting containers" }),
      bootStatus({ status: "running", bootProgress: "done" }),
      bootStatus({ status: "running", bootProgress: "done, really", inProgress: false }),
    ];
    for (const look of looks) {
      watch.observe(batch(look));
      await b.clock.drive(b.clock.sleep(10_000));
    }
    expect(lines(b)).toEqual([
      "web-1: starting (pre-launch), 5 s",
      "web-1: starting (starting containers), 25 s",
      "web-1: starting (starting containers), boot error: x ::error::y, 35 s",
      "web-1: starting (starting containers), 45 s",
      "web-1: running, 55 s",
    ]);
  });

  it("says nothing new where the list tells the same status without its progress", () => {
    const { b, watch } = watched();
    watch.observe(batch(bootStatus()));
    watch.observe(rows(cvmOf({ status: "starting", in_progress: true })));
    expect(lines(b)).toHaveLength(1);
  });

  it("keeps the failure that ended it from outside", () => {
    const { said, watch } = watched();
    watch.abandon(failedRequest({ status: 401 }));
    expect([watch.settled, said()?.code]).toEqual([true, "HTTP-401"]);
  });
});

describe("a watch at its deadline", () => {
  it("times out while booting, with what was seen last", () => {
    const { said, watch } = watched();
    watch.observe(batch(bootStatus()));
    watch.expire();
    expect(said()).toMatchObject({
      code: "TIMEOUT",
      text: expect.stringMatching(/status is starting.*Last progress: pre-launch/),
    });
  });

  it("says so where it was never seen", () => {
    const { said, watch } = watched();
    watch.expire();
    expect(said()?.text).toMatch(/no look has shown it/);
  });

  it("tells why nothing newer is known", () => {
    const { goBlind, said, watch } = watched();
    watch.observe(batch(bootStatus()));
    goBlind(answerFault({ status: 503, reason: "down" }));
    watch.expire();
    expect(said()?.text).toMatch(/The last looks failed: HTTP 503: down\./);
  });

  it("knows nothing, and says no more, where not one look came through", () => {
    const { goBlind, said, watch } = watched();
    goBlind(answerFault({ status: 502, reason: "bad gateway" }), true);
    watch.expire();
    expect(said()).toMatchObject({ code: "TIMEOUT" });
    expect(said()?.text).toMatch(
      /the API could not be read since its creation \(07:59:55 UTC\).*the last try: HTTP 502: bad gateway\. The replica may be fine\. See https/,
    );
    expect(said()?.text).not.toMatch(/delet/);
  });

  it("is no failure where it runs and only its row was not read", () => {
    const { b, watch } = watched();
    watch.observe(batch(RUNNING));
    watch.expire();
    expect([watch.settled, watch.replica.trouble]).toEqual([true, null]);
    const word = expect.stringMatching(/^NO_URL: web-1 runs.*its row could not be read.*See https/);
    expect(b.runner.entries.at(-1)).toMatchObject({ kind: "warning", text: word });
  });

  const endpoint = (instance: string) => cvmOf({ endpoints: [{ app: "x", instance }] });
  it.each<[string, Look[], string, RegExp]>([
    ["its row was not read", [batch(RUNNING)], "NO_URL", /\/healthz was not asked.*not be read/],
    ["it has no URL", [rows(cvmOf({ endpoints: [] }))], "NO_URL", /\/healthz was not asked/],
    ["its URL is none", [rows(endpoint("ftp://i.invalid"))], "NO_URL", /\/healthz was not asked/],
    [
      "its URL is not to be asked",
      [rows(endpoint("https://10.0.0.1"))],
      "UNHEALTHY",
      /public name/,
    ],
  ])("is red where health was wanted and %s", (_name, looks, code, reason) => {
    const { said, watch } = watched({ healthCheck: "/healthz" });
    for (const look of looks) watch.observe(look);
    watch.expire();
    expect(said()?.code).toBe(code);
    expect(said()?.text).toMatch(reason);
  });

  it("names the last problem of the health check, which it told once", async () => {
    const { b, said, watch } = watched({ healthCheck: "/healthz", answer: { status: 502 } });
    watch.observe(rows(cvmOf()));
    await b.clock.drive(b.clock.sleep(30_000));
    watch.expire();
    expect(said()?.text).toMatch(
      /within 30 s .*asked at https:\/\/i1\.invalid\/healthz: it answered HTTP 502/,
    );
    expect(lines(b).filter((text) => text.includes("not healthy yet"))).toHaveLength(1);
    const asked = b.requests.length;
    await b.clock.drive(b.clock.sleep(30_000));
    expect(b.requests).toHaveLength(asked);
  });
});

describe("a watch with a health check", () => {
  it("is done after two good answers from the instance's own URL, and ends the pause", async () => {
    const { b, watch, woken } = watched({ healthCheck: "/healthz" });
    watch.observe(rows(cvmOf()));
    expect([watch.settled, watch.lacksDetails]).toEqual([false, false]);
    await b.clock.drive(b.clock.sleep(10_000));
    expect([watch.settled, woken(), watch.replica.trouble]).toEqual([true, 1, null]);
    expect(b.requests.map(({ url }) => url)).toEqual(Array(2).fill("https://i1.invalid/healthz"));
    expect(watch.replica.times.healthy).toBe(START_AT + 2_000);
  });

  it("checks what was there before as well, where it is waited for", async () => {
    const { b, watch } = watched({ healthCheck: "/healthz", origin: "existing" });
    watch.observe(rows(cvmOf()));
    await b.clock.drive(b.clock.sleep(10_000));
    expect([watch.settled, b.requests.length]).toEqual([true, 2]);
  });

  it("fails by the boot's end while it is checked, and asks no more", async () => {
    const { b, said, watch } = watched({ healthCheck: "/healthz", answer: { status: 500 } });
    watch.observe(rows(cvmOf()));
    await b.clock.drive(b.clock.sleep(5_000));
    watch.observe(batch(bootStatus({ status: "stopped", inProgress: false })));
    expect(said()).toMatchObject({ code: "BOOT", text: expect.stringMatching(/stopped/) });
    const asked = b.requests.length;
    await b.clock.drive(b.clock.sleep(20_000));
    expect([b.requests.length, watch.settled]).toEqual([asked, true]);
  });

  it("ends without a verdict when the step is cancelled", async () => {
    const { b, watch, woken } = watched({ healthCheck: "/healthz" });
    watch.observe(rows(cvmOf()));
    b.cancel();
    await b.clock.drive(b.clock.sleep(10_000));
    expect([watch.replica.trouble, woken()]).toEqual([null, 0]);
  });
});
