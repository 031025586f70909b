/** Planted defects: each is a mistake that somebody could make in the rules, as a small text patch. */

export interface Mutant {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  /** What stands there, exactly once, and what the defect puts in its place. */
  readonly patch: readonly (readonly [string, string])[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "adopts a newcomer on another node",
    file: "replicas/newcomers.ts",
    patch: [["cvm.nodeId !== wanted.nodeId) return false", "cvm.nodeId === -1) return false"]],
  },
  {
    name: "adopts the first of several newcomers",
    file: "replicas/newcomers.ts",
    patch: [
      ["if (found.length > 1)", "if (found.length > 99)"],
      ["before?.length !== 1 ||", "before?.length === 0 ||"],
    ],
  },
  {
    name: "adopts after a single look",
    file: "replicas/newcomers.ts",
    patch: [
      [
        "const [same] = before ?? [];",
        'const [same] = before ?? [];\n  if (cvm !== undefined) return { kind: "adopt", cvm };',
      ],
    ],
  },
  {
    name: "ignores what was there before",
    file: "replicas/newcomers.ts",
    patch: [["wanted.baseline.has(key) || ", ""]],
  },
  {
    name: "ignores when a newcomer was created",
    file: "replicas/newcomers.ts",
    patch: [["cvm.createdAt >= wanted.notBefore", "cvm.createdAt >= 0"]],
  },
  {
    name: "does not remember what other requests claimed",
    file: "replicas/search.ts",
    patch: [
      ["claimed: this.#claimed(replica),", "claimed: new Set(this.#claimed(replica) && []),"],
    ],
  },
  {
    name: "post does not remember what it claimed",
    file: "replicas/late-search.ts",
    patch: [["for (const key of cvmKeys(cvm)) claimed.add(key);", ""]],
  },
  {
    name: "sends a create again after a broken connection",
    file: "phala/retry.ts",
    patch: [
      [
        'fault.network === "certificate" ? "final" : "uncertain"',
        'fault.network === "certificate" ? "final" : "retry"',
      ],
    ],
  },
  {
    name: "sends a create again after a 5xx",
    file: "phala/retry.ts",
    patch: [
      [
        'if (status === 408 || status >= 500) return "uncertain";',
        'if (status >= 500) return "retry";',
      ],
    ],
  },
  {
    name: "takes an unreadable 200 for a refusal",
    file: "phala/retry.ts",
    patch: [
      ['return fault.status === APPROVAL_NEEDED ? "retry" : "uncertain";', 'return "retry";'],
    ],
  },
  {
    name: "forgets to save the intent before the request",
    file: "replicas/create.ts",
    patch: [['asking.save(order.kind === "prepare" ? "none" : "open");', ""]],
  },
  {
    name: "forgets to save the result after the request",
    file: "replicas/asking.ts",
    patch: [
      [
        "const { slot, replica, sentAt } = this;",
        'if (stage === "made") return;\n    const { slot, replica, sentAt } = this;',
      ],
    ],
  },
  {
    name: "forgets the outcome for post",
    file: "report/handover.ts",
    patch: [["() => saveOutcome(runner, outcome)", "() => void outcome"]],
  },
  {
    name: "puts nothing out before the end",
    file: "report/conclude.ts",
    patch: [["writeOutputs(edges.runner, earlyOutputs(reportOf(edges, ending, verdict)));", ""]],
  },
  {
    name: "leaves an array empty where a run is killed early",
    file: "report/handover.ts",
    patch: [['const ARRAYS = ["replicas"];', "const ARRAYS: string[] = [];"]],
  },
  {
    name: "does not put out the revision of a new replica",
    file: "report/outputs.ts",
    patch: [["(first && exists(first) ? hashOf(first) : null)", "null"]],
  },
  {
    name: "leaves a group open",
    file: "run.ts",
    patch: [["runner.endGroup();", ""]],
  },
  {
    name: "is in doubt over a connection that never stood",
    file: "phala/transport.ts",
    patch: [['  "handshake",\n  "connect-timeout",\n', ""]],
  },
  {
    name: "deletes everything twice",
    file: "replicas/cleanup.ts",
    patch: [["inParallel(made, AT_ONCE, (one)", "inParallel([...made, ...made], AT_ONCE, (one)"]],
  },
  {
    name: "asks for a deletion again at each look",
    file: "replicas/cleanup.ts",
    patch: [["ASK_AGAIN_MS = 20_000", "ASK_AGAIN_MS = 20"]],
  },
  {
    name: "asks again for what is on its way out",
    file: "replicas/cleanup.ts",
    patch: [["isGoing(status) || clock.now()", "clock.now()"]],
  },
  {
    name: "deletes candidates that can't be told apart",
    file: "post-run.ts",
    patch: [
      [
        "const made = [...madeByMain(saved), ...findings.found];",
        "const made = [...madeByMain(saved), ...findings.found, ...findings.candidates.flatMap(({ vmUuid }) => (vmUuid === null ? [] : [{ vmUuid, name: vmUuid }]))];",
      ],
    ],
  },
  {
    name: "deletes what was there before",
    file: "post-run.ts",
    patch: [
      [
        "const made = [...madeByMain(saved), ...findings.found];",
        "const made = [...madeByMain(saved), ...findings.found, ...(journal.baseline ?? []).map((vmUuid) => ({ vmUuid, name: vmUuid }))];",
      ],
    ],
  },
  {
    name: "turns cleanup on_failure round",
    file: "replicas/aftermath.ts",
    patch: [["!GOOD_ENDS.has(outcome)", "GOOD_ENDS.has(outcome)"]],
  },
  {
    name: "says nothing of what could not be deleted",
    file: "post-run.ts",
    patch: [["problems.push(mayStillExist(journal, survivor));", ""]],
  },
  {
    name: "says nothing of what did not show up",
    file: "post-run.ts",
    patch: [["if (findings.nothing > 0) runner.info(notFound(journal, findings.nothing));", ""]],
  },
  {
    name: "does not look for what a killed main left open",
    file: "replicas/aftermath.ts",
    patch: [['stage === "open" || stage === "unknown"', 'stage === "unknown"']],
  },
  {
    name: "wait_timeout is off by 1000",
    file: "replicas/wait.ts",
    patch: [["begun + inputs.waitTimeoutMs", "begun + inputs.waitTimeoutMs * 1000"]],
  },
  {
    name: "wait_timeout ends 1000 times too early",
    file: "replicas/wait.ts",
    patch: [["begun + inputs.waitTimeoutMs", "begun + inputs.waitTimeoutMs / 1000"]],
  },
  {
    name: "the settle window is off by 1000",
    file: "replicas/newcomers.ts",
    patch: [["SETTLE_WINDOW_MS = 30_000", "SETTLE_WINDOW_MS = 30_000_000"]],
  },
  {
    name: "the settle window ends ten times too early",
    file: "replicas/newcomers.ts",
    patch: [["SETTLE_WINDOW_MS = 30_000", "SETTLE_WINDOW_MS = 3_000"]],
  },
  {
    name: "minutes are read as seconds",
    file: "inputs/values.ts",
    patch: [["m: 60,", "m: 1,"]],
  },
  {
    name: "Retry-After is read as milliseconds",
    file: "phala/retry.ts",
    patch: [["return Number(text) * 1000;", "return Number(text);"]],
  },
  {
    name: "no bound on all tries together",
    file: "phala/retry.ts",
    patch: [
      [
        "const leftMs = budget.totalMs - elapsedMs;",
        "const leftMs = budget.totalMs * 1000 - elapsedMs;",
      ],
    ],
  },
  {
    name: "a cancelled run goes on creating",
    file: "run.ts",
    patch: [["if (edges.cancel.aborted || creation.keyRejected) {", "if (creation.keyRejected) {"]],
  },
  {
    name: "waits for its request for as long as it takes after a cancel",
    file: "replicas/create.ts",
    patch: [["CANCEL_GRACE_MS = 1_200", "CANCEL_GRACE_MS = 1_200_000"]],
  },
  {
    name: "goes on with a key that was rejected",
    file: "replicas/create.ts",
    patch: [['this.#keyRejected ||= fault.kind === "answer" && fault.status === 401;', ""]],
  },
  {
    name: "instances counts what is stopped",
    file: "replicas/survey.ts",
    patch: [["live: cvms.filter(isLive)", "live: cvms.filter((cvm) => isLive(cvm) || true)"]],
  },
  {
    name: "instances forgets the source",
    file: "replicas/plan.ts",
    patch: [["instances - live.length", "instances + 1 - live.length"]],
  },
  {
    name: "running is enough, in progress or not",
    file: "phala/cvm.ts",
    patch: [
      ['status === "running" && !inProgress', '(inProgress || true) && status === "running"'],
    ],
  },
  {
    name: "healthy after one good answer",
    file: "replicas/health.ts",
    patch: [["GOOD_IN_A_ROW = 2", "GOOD_IN_A_ROW = 1"]],
  },
  {
    name: "prepares on an app that is not on-chain",
    file: "replicas/survey.ts",
    patch: [["if (onChain === true) return null;", "if (onChain !== null) return null;"]],
  },
  {
    name: "two annotations on failure",
    file: "report/conclude.ts",
    patch: [
      [
        "if (reason !== null) runner.error(reason);",
        "if (reason !== null) for (const text of [reason, reason]) runner.error(text);",
      ],
    ],
  },
  {
    name: "hands on URLs with None in them",
    file: "phala/gateway.ts",
    patch: [["return HOLE.test(address.host + address.pathname)", "return HOLE.test('x')"]],
  },
  {
    name: "running is enough, URL or not",
    file: "replicas/watch.ts",
    patch: [
      [
        "if (instanceUrl === null) return;",
        "if (instanceUrl === null) return this.#path === null ? this.#settle() : undefined;",
      ],
    ],
  },
  {
    name: "says nothing where there is no URL",
    file: "replicas/watch.ts",
    patch: [
      [
        "if (this.#path === null) this.#context.edges.runner.warning(noUrl(replica, told, why));",
        "if (this.#path === null) this.#settle();",
      ],
    ],
  },
  {
    name: "green without the health check where there is no URL",
    file: "replicas/watch.ts",
    patch: [
      ["else this.#fail(noUrlFailure(replica, told, this.#path, why));", "else this.#settle();"],
    ],
  },
  {
    name: "looks for a URL for ten seconds only",
    file: "replicas/address.ts",
    patch: [["URL_WINDOW_MS = 60_000", "URL_WINDOW_MS = 10_000"]],
  },
  {
    name: "looks for a URL for ten minutes",
    file: "replicas/address.ts",
    patch: [["URL_WINDOW_MS = 60_000", "URL_WINDOW_MS = 600_000"]],
  },
  {
    name: "has an id filled in again in each round",
    file: "replicas/address.ts",
    patch: [["ours && !backfilled", 'ours && !done.includes("backfill")']],
  },
  {
    name: "never has an id filled in",
    file: "replicas/address.ts",
    patch: [["ours && !backfilled", "ours && backfilled && false"]],
  },
  {
    name: "does not read the event log",
    file: "replicas/address.ts",
    patch: [['done.includes("attest") ? "none" : "attest"', '"none"']],
  },
  {
    name: "builds an instance's URL of the app's id",
    file: "phala/gateway.ts",
    patch: [["const id = parseInstanceId(instanceId);", "const id = parseInstanceId(appId);"]],
  },
  {
    name: "believes one route that the key is none",
    file: "replicas/look.ts",
    patch: [["++denied > 1", "++denied > 0"]],
  },
  {
    name: "takes another revision for the one that was asked for",
    file: "replicas/mismatch.ts",
    patch: [["hash !== slot.composeHash)", "hash === null)"]],
  },
  {
    name: "takes another node for the one that was asked for",
    file: "replicas/mismatch.ts",
    patch: [["id !== slot.nodeId)", "id === -1)"]],
  },
];
