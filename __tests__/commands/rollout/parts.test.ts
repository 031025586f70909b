/** The pure pieces of a rollout: inputs, selection, and what looks and answers say. */
import { describe, expect, it } from "@jest/globals";
import { judgeRollout } from "../../../src/commands/judge-rollout.ts";
import { addressed, lacksPort } from "../../../src/fleet/follow/address.ts";
import { judgeHealth, UNASKED } from "../../../src/fleet/plan/health-course.ts";
import { selectForRollout, selectionTrouble } from "../../../src/fleet/plan/select-rollout.ts";
import { judgeCourse, LATELY_MS, newCourse } from "../../../src/fleet/plan/update-course.ts";
import { parseShare, readRolloutInputs } from "../../../src/inputs/rollout.ts";
import { blankReplica, NOBODY } from "../../../src/ledger/replica.ts";
import { readCvm } from "../../../src/phala/cvm.ts";
import { judgeUpdate, readRevisions } from "../../../src/phala/revisions.ts";
import { parsePattern } from "../../../src/text/pattern.ts";

const NEW = "77ab".repeat(16);
const SOURCE = "00000000-0000-4000-8000-000000000001";
const OLD = "11cd".repeat(16);

describe("max_unavailable", () => {
  it.each([
    ["1", { kind: "number", number: 1 }],
    ["3.0", { kind: "number", number: 3 }],
    ["20%", { kind: "percent", percent: 20 }],
    ["100 %", { kind: "percent", percent: 100 }],
    ["0", null],
    ["0%", null],
    ["101%", null],
    ["-1", null],
    ["half", null],
    ["1.5", null],
  ])("%s", (text, expected) => expect(parseShare(text)).toEqual(expected));
});

describe("the inputs", () => {
  const faultsOf = (
    inputs: Readonly<Record<string, string>>,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const given = { api_key: "phak_key", app_id: "ab".repeat(20), source: "", ...inputs };
    const env = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    );
    const read = readRolloutInputs({ ...env, ...more });
    return "faults" in read ? read.faults : [];
  };

  it.each([
    [{ source: "unset" }, /compose_hash and source are both missing/],
    [{}, /source is empty: its expression came out empty/],
    [{ compose_hash: "xyz" }, /compose_hash is "xyz"/],
    [
      { source: "unset", compose_hash: NEW, health_expect: "v2" },
      /health_expect belongs to health_check/,
    ],
    [
      { source: "unset", compose_hash: NEW, health_for: "30s" },
      /health_for belongs to health_check/,
    ],
    [{ source: "unset", compose_hash: NEW, on_failure: "undo" }, /on_failure is "undo"/],
    [{ source: "unset", compose_hash: NEW, port: "99999" }, /port is "99999"/],
    [{ source: "unset", compose_hash: NEW, vm_uuids: "[null]" }, /vm_uuids begins with \[ and/],
    [{ source: "unset", compose_hash: NEW, vm_uuid: "x" }, /did you mean vm_uuids/],
    [
      { source: "unset", compose_hash: NEW, envs: "A=1", encrypted_env: "abcd" },
      /envs can't be combined with encrypted_env/,
    ],
    [
      { source: "unset", compose_hash: NEW, verify: "require" },
      /verify: require needs source or expected_os/,
    ],
    [{ source: SOURCE, verify: "maybe" }, /verify is "maybe"/],
    [{ source: SOURCE, verify: " " }, /verify is empty: its expression came out empty/],
    [
      { source: SOURCE, expected_os: ["a", "b", "c"].map((one) => one.repeat(96)).join(" ") },
      /expected_os belongs to verify, which is off/,
    ],
    [{ source: SOURCE, allowed_tcb: "OutOfDate" }, /allowed_tcb belongs to verify/],
    [{ source: SOURCE, private_key: "c0ffee".padEnd(64, "5") }, /private_key needs rpc_url/],
    [{ source: SOURCE, private_key: "" }, /private_key is empty/],
    [{ source: SOURCE, max_fee: "0.02" }, /max_fee belongs to private_key/],
    [{ source: SOURCE, approval_timeout: "8d" }, /approval_timeout is "8d"/],
    [{ source: SOURCE, device_id: "x" }, /device_id is "x"/],
    [{ source: SOURCE, commit_token: "t" }, null],
    // What does nothing by its value is the default, however it is written.
    [{ source: SOURCE, max_fee: "0.010" }, null],
    [{ source: SOURCE, health_for: "0" }, null],
    [{ source: SOURCE, health_for: "0m" }, null],
    [
      { source: SOURCE, health_check: "/", health_for: "15m" },
      /health_for must be shorter than instance_timeout/,
    ],
    [
      { source: SOURCE, health_check: "/", health_for: "5m", wait_timeout: "5m" },
      /health_for must be shorter than wait_timeout/,
    ],
    [{ source: SOURCE, health_check: "/", health_for: "14m" }, null],
  ])("%j", (inputs, fault) => {
    const faults = faultsOf(inputs as Readonly<Record<string, string>>).join("\n");
    if (fault === null) expect(faults).toBe("");
    else expect(faults).toMatch(fault);
  });

  it("bounds approval_timeout where a job ends after six hours", () => {
    const hosted = { source: SOURCE, approval_timeout: "6h" };
    expect(faultsOf(hosted, { RUNNER_ENVIRONMENT: "github-hosted" }).join()).toMatch(
      /above 5h50m.*for longer run the step again/,
    );
    expect(faultsOf(hosted)).toEqual([]);
  });
});

describe("the selection", () => {
  const row = (name: string, n: number, status = "running") => {
    const cvm = readCvm({
      vm_uuid: `00000000-0000-4000-8000-00000000000${n}`,
      name,
      status,
      created_at: `2026-07-0${n}T00:00:00Z`,
    });
    if (cvm === null) throw new Error("no row");
    return cvm;
  };
  const rows = [row("web-b", 2), row("web-a", 1), row("job", 3, "stopped")];
  const pattern = (text: string) => {
    const parsed = parsePattern(text);
    if (parsed === null) throw new Error("no pattern");
    return [parsed];
  };
  const namesOf = (selection: ReturnType<typeof selectForRollout>) =>
    selection.selected.map(({ name }) => name);

  it("takes all but stopped ones, oldest first", () => {
    const all = selectForRollout(rows, { vmUuids: null, names: null });
    expect(namesOf(all)).toEqual(["web-a", "web-b"]);
    expect(all.skipped.map(({ why }) => why)).toEqual(["stopped"]);
  });

  it("takes a stopped one by its whole name, not by a pattern", () => {
    expect(namesOf(selectForRollout(rows, { vmUuids: null, names: pattern("job") }))).toEqual([
      "job",
    ]);
    const none = selectForRollout(rows, { vmUuids: null, names: pattern("j*") });
    expect(selectionTrouble(none)).toMatchObject({ kind: "not-found", input: "selection" });
  });

  it("names what is not there", () => {
    const gone = selectForRollout(rows, { vmUuids: null, names: pattern("web-c") });
    expect(selectionTrouble(gone)).toMatchObject({ input: "name", missing: ["web-c"] });
  });
});

describe("looks at one that is updated", () => {
  const sight = (status: string, inProgress = false, composeHash = NEW) => ({
    status,
    inProgress,
    composeHash,
  });
  /** The verdict of each look, two seconds apart. */
  const verdicts = (
    looks: readonly ReturnType<typeof sight>[],
    acceptedAt: number | null = 0,
    queueMs?: number,
    before = "running",
  ) => {
    let course = newCourse(NEW, acceptedAt, before, queueMs);
    return looks.map((look, n) => {
      const judged = judgeCourse(course, look, n * 2_000);
      course = judged.course;
      return judged.verdict;
    });
  };

  it("are not fooled by the hash, which comes before the guest", () => {
    const running = Array(5).fill(sight("running"));
    expect(verdicts(running)).toEqual(Array(5).fill("waits"));
  });

  it("believe two in a row once it was seen to be away", () => {
    const looks = [sight("running", true), sight("running"), sight("running")];
    expect(verdicts(looks)).toEqual(["waits", "waits", "serving"]);
  });

  it("take one that runs again at once for somebody else's start", () => {
    const looks = Array(5).fill(sight("running"));
    expect(verdicts(looks, 0, undefined, "error")).toEqual(Array(5).fill("waits"));
  });

  it("believe two in a row of what has had it for long", () => {
    expect(verdicts([sight("running"), sight("running")], null)).toEqual(["waits", "serving"]);
  });

  it("believe the source once its row is ten seconds old", () => {
    const told = verdicts(Array(8).fill(sight("running")), 0, LATELY_MS);
    expect(told.indexOf("serving")).toBe(6);
    expect(new Set(told.slice(0, 6))).toEqual(new Set(["waits"]));
  });

  it("let an error stand for half a minute", () => {
    const looks = [sight("updating", true), ...Array(17).fill(sight("error"))];
    const told = verdicts(looks);
    expect(told.indexOf("dead")).toBe(16);
  });

  it("tell somebody else's hand by two looks at another revision", () => {
    const looks = [
      sight("updating", true),
      sight("updating", true, OLD),
      sight("updating", true, OLD),
    ];
    expect(verdicts(looks)).toEqual(["waits", "waits", "overtaken"]);
  });
});

describe("answers of a health check", () => {
  const told = (answers: readonly boolean[], forMs = 0) => {
    let course = UNASKED;
    return answers.map((good, n) => {
      const problem = good ? null : ({ got: "status", status: 503, body: "" } as const);
      const judged = judgeHealth(course, problem, forMs, n * 10_000);
      course = judged.course;
      return judged.verdict;
    });
  };

  it.each([
    [[true, true], 0, ["checking", "healthy"]],
    [[true, false, true, true], 0, ["checking", "checking", "checking", "healthy"]],
    [[true, true, true, true], 20_000, ["checking", "checking", "checking", "healthy"]],
    [
      [true, true, false, true, true],
      20_000,
      ["checking", "checking", "checking", "healthy", "healthy"],
    ],
    [[true, true, false, false], 60_000, ["checking", "checking", "checking", "sick"]],
  ])("%j for %d ms", (answers, forMs, expected) => {
    expect(told(answers, forMs)).toEqual(expected);
  });
});

describe("answers to an update", () => {
  const answer = (status: number, retryAfter: string | null = null) => ({
    kind: "answer" as const,
    status,
    retryAfter,
    errorCode: null,
    reason: null,
    suggestions: [],
    links: [],
    requestId: null,
    serverTime: null,
    location: null,
    page: false,
    form: "json" as const,
  });

  it.each([
    [409, null, "busy"],
    [423, null, "busy"],
    [467, null, "busy"],
    [429, null, "later"],
    [503, "5", "later"],
    [503, null, "lost"],
    [500, null, "lost"],
    [408, null, "lost"],
    [400, null, "final"],
    [403, null, "final"],
    [404, null, "final"],
  ] as const)("HTTP %d, Retry-After %s: %s", (status, retryAfter, expected) => {
    expect(judgeUpdate(answer(status, retryAfter))).toBe(expected);
  });

  it("is final where a 409 has a code: a bare one is an operation in progress", () => {
    const coded = { ...answer(409), errorCode: "ERR-03-007" };
    expect([judgeUpdate(coded), judgeUpdate(answer(409))]).toEqual(["final", "busy"]);
  });

  it("tells what never left from what was cut off", () => {
    const network = (kind: "refused" | "reset" | "certificate") =>
      judgeUpdate({ kind: "network", network: kind, detail: "" });
    expect([network("refused"), network("reset"), network("certificate")]).toEqual([
      "busy",
      "lost",
      "final",
    ]);
  });
});

describe("a page of revisions", () => {
  it("passes over rows that name none, and ids that are no part of a path", () => {
    const row = {
      revision_id: "rev_1",
      compose_hash: `0x${NEW}`,
      created_at: "2026-07-03T09:00:00Z",
    };
    const rows = [row, { ...row, revision_id: "../x" }, { ...row, compose_hash: "" }, 7];
    const page = readRevisions({ revisions: rows, total_pages: 3 });
    expect(page?.pages).toBe(3);
    expect(page?.rows).toMatchObject([{ id: "rev_1", composeHash: NEW, vmUuid: null }]);
    expect(readRevisions({})).toBeNull();
    expect(readRevisions([])).toBeNull();
  });
});

describe("the URL of a port", () => {
  const id = "ab".repeat(20);
  const row = readCvm({
    vm_uuid: SOURCE,
    endpoints: [
      { instance: `https://${id}-80.gw.example` },
      { instance: `https://${id}-8443s.gw.example` },
      { instance: null },
    ],
  });

  it("is the one that the row lists", () => {
    if (row === null) throw new Error("no row");
    const urlOf = (port: number) => addressed(row, null, id, port).instanceUrl;
    expect(urlOf(80)).toBe(`https://${id}-80.gw.example`);
    expect(urlOf(8443)).toBe(`https://${id}-8443s.gw.example`);
    expect([urlOf(44), lacksPort(row, 44)]).toEqual([null, true]);
    expect([80, null].map((port) => lacksPort(row, port))).toEqual([false, false]);
    expect(lacksPort({ ...row, endpoints: [] }, 80)).toBe(false);
  });
});

describe("the judgement", () => {
  it("is never green where only the way back failed", () => {
    const trouble = {
      kind: "update",
      stage: "back",
      replica: NOBODY,
      end: { why: "vanished" },
      elapsedMs: 1,
    } as const;
    const revision = {
      from: OLD,
      to: NEW,
      done: true,
      back: "failed",
      backTrouble: trouble,
    } as const;
    const replica = {
      ...blankReplica("cvm-a"),
      origin: "existing",
      fate: "gone",
      revision,
    } as const;
    for (const end of ["stopped", "back-failed"] as const) {
      const judged = judgeRollout(end, [replica], {
        limitMs: 1,
        limitGiven: true,
        unapproved: null,
      });
      expect(judged).toMatchObject({ exitCode: 1, trouble });
    }
  });
});
