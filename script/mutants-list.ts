/** Planted defects: each is a mistake that somebody could make in the rules, as a small text patch. */

import type { Mutant } from "./mutant.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    name: "adopts a newcomer on another node",
    file: "fleet/plan/newcomers.ts",
    patch: [["cvm.nodeId !== nodeId) return false", "cvm.nodeId === -1) return false"]],
  },
  {
    name: "adopts the first of several newcomers",
    file: "fleet/plan/newcomers.ts",
    patch: [
      ["if (found.length > 1)", "if (found.length > 99)"],
      ["before?.length !== 1 ||", "before?.length === 0 ||"],
    ],
  },
  {
    name: "adopts after a single look",
    file: "fleet/plan/newcomers.ts",
    patch: [
      [
        "const [same] = before ?? [];",
        'const [same] = before ?? [];\n  if (cvm !== undefined) return { kind: "adopt", cvm };',
      ],
    ],
  },
  {
    name: "ignores what was there before",
    file: "fleet/plan/newcomers.ts",
    patch: [["baseline.has(key) || ", ""]],
  },
  {
    name: "ignores when a newcomer was created",
    file: "fleet/plan/newcomers.ts",
    patch: [["createdAt >= notBefore)", "createdAt >= 0)"]],
  },
  {
    name: "does not remember what other requests claimed",
    file: "fleet/search.ts",
    patch: [["claimed: this.#claimed(key),", "claimed: new Set(this.#claimed(key) && []),"]],
  },
  {
    name: "post does not remember what it claimed",
    file: "fleet/late-search.ts",
    patch: [["for (const key of cvmKeys(cvm)) this.#claimed.add(key);", ""]],
  },
  {
    name: "forgets to save the intent before the request",
    file: "fleet/sending.ts",
    patch: [["asking.send(order.kind);", ""]],
  },
  {
    name: "forgets to save the result after the request",
    file: "ledger/lenient.ts",
    patch: [
      ["replica.tries.length === 0)", 'replica.tries.length === 0 || replica.fate === "there")'],
    ],
  },
  {
    name: "forgets the outcome for post",
    file: "commands/handover.ts",
    patch: [['ledger.append({ fact: "ended", outcome, ownFailure: own }),', "void own,"]],
  },
  {
    name: "puts nothing out before the end",
    file: "commands/conclude.ts",
    patch: [
      ["writeOutputs(edges.runner, earlyOutputs(reportOf(edges, ending, verdict, words)));", ""],
    ],
  },
  {
    name: "leaves an array empty where a run is killed early",
    file: "commands/handover.ts",
    patch: [['const ARRAYS = ["replicas", ', "const ARRAYS = ["]],
  },
  {
    name: "does not put out the revision of a new replica",
    file: "report/outputs/create.ts",
    patch: [["(first && exists(first) ? hashOf(first) : null)", "null"]],
  },
  {
    name: "leaves a group open",
    file: "commands/create.ts",
    patch: [["runner.endGroup();", ""]],
  },
  {
    name: "is in doubt over a connection that never stood",
    file: "net/transport.ts",
    patch: [['  "handshake",\n  "connect-timeout",\n', ""]],
  },
  {
    name: "deletes everything twice",
    file: "fleet/retire.ts",
    patch: [["Promise.all(keys.map((key)", "Promise.all([...keys, ...keys].map((key)"]],
  },
  {
    name: "asks for a deletion again at each look",
    file: "fleet/plan/absent.ts",
    patch: [["ASK_AGAIN_MS = 20_000", "ASK_AGAIN_MS = 20"]],
  },
  {
    name: "asks again for what is on its way out",
    file: "fleet/plan/absent.ts",
    patch: [["early || isGoing(row.status)", "early"]],
  },
  {
    name: "deletes candidates that can't be told apart",
    file: "commands/after.ts",
    patch: [
      [
        "const first = await remove(after, [...made, ...found]);",
        'const guessed = search.leftovers().candidates.flatMap(({ vmUuid: uuid }, n) => (uuid === null ? [] : [{ ...blankReplica(left.replicas[n].key), proof: "answer" as const, ident: { ...NOBODY, uuid } }]));\n  const first = await remove(after, [...made, ...found, ...guessed]);',
      ],
    ],
  },
  {
    name: "deletes what was there before",
    file: "commands/post.ts",
    patch: [
      [
        "const made = madeByMain(left);",
        "const made = [...madeByMain(left), ...(left.known ?? []).map((uuid, n) => ({ ...left.replicas[0], key: 'new-90' + n, proof: 'answer', ident: { name: uuid, uuid } }))];",
      ],
    ],
  },
  {
    name: "deletes what was found by elimination alone",
    file: "fleet/plan/cleanup.ts",
    patch: [['proof === "name" || exclusive;', 'proof === "name" || exclusive || proof !== null;']],
  },
  {
    name: "forgets that a replica was adopted",
    file: "ledger/saved.ts",
    patch: [["    proof,\n", '    proof: proof && "answer",\n']],
  },
  {
    name: "sets a ttl for what was found by elimination alone",
    file: "fleet/lifetimes.ts",
    patch: [["&& !inputs.exclusive", "&& ttlMs < 0"]],
  },
  {
    name: "post looks for the oldest first",
    file: "fleet/plan/cleanup.ts",
    patch: [
      [
        "sentAt(b) - sentAt(a) || index(b) - index(a)",
        "sentAt(a) - sentAt(b) || index(a) - index(b)",
      ],
    ],
  },
  {
    tests: ["__tests__/fleet/late-search.test.ts"],
    name: "calls what post found a candidate",
    file: "fleet/late-search.ts",
    patch: [[".filter((cvm) => !this.#isClaimed(cvm));", ";"]],
  },
  {
    name: "takes more newcomers than requests for ours",
    file: "fleet/plan/matching.ts",
    patch: [
      ["return cvms.length <= requests.length && cvms.every", "return cvms.every"],
      ["return true;\n    });", "return true;\n    }) || takenBy.size > 0;"],
    ],
  },
  {
    name: "leaves unnamed what is not proven",
    file: "commands/after.ts",
    patch: [
      ['report.problem({ kind: "unproven", replica: identOfMade(one), stays: "there" });', ""],
    ],
  },
  {
    name: "a busy CVM is given up at once",
    file: "phala/deletion.ts",
    patch: [["const NEVER = [401, 403];", "const NEVER = [400, 401, 403, 409, 423];"]],
  },
  {
    name: "a busy CVM is given up after half a minute",
    file: "fleet/deleting.ts",
    patch: [
      ["maxTries: 20, totalMs: 80_000", "maxTries: 6, totalMs: 80_000"],
      ["!refused && absenceMs > 0) {", "!refused && absenceMs < 0) {"],
    ],
  },
  {
    name: "a ttl is tried once",
    file: "phala/deletion.ts",
    patch: [["[...BUSY, ...PERHAPS].includes(status)", "PERHAPS.includes(status)"]],
  },
  {
    name: "a ttl is counted by our own clock",
    file: "fleet/plan/life.ts",
    patch: [["const born = [createdAt, date].find(", "const born = [bornAt].find("]],
  },
  {
    name: "tells the platform an end that has passed",
    file: "fleet/plan/life.ts",
    patch: [["return at - there - MARGIN_MS;", "return Math.abs(at - there) + MARGIN_MS;"]],
  },
  {
    name: "does not put out when a replica ends",
    file: "report/outputs/create.ts",
    patch: [["replica.until !== null ? moment(replica.until) : null", "null"]],
  },
  {
    name: "what was sick before turns cleanup on",
    file: "fleet/plan/own-failure.ts",
    patch: [
      [
        "cancelled || [trouble, ...troubles]",
        "cancelled || replicas.length > 0 || [trouble, ...troubles]",
      ],
    ],
  },
  {
    name: "turns cleanup on_failure round",
    file: "fleet/plan/cleanup.ts",
    patch: [["!endedWell(run) && run.ownFailure !== false", "endedWell(run)"]],
  },
  {
    name: "says nothing of what could not be deleted",
    file: "commands/after.ts",
    patch: [
      [
        'report.problem({ ...(trouble?.kind === "survived" ? trouble : unseen), doing });',
        "void doing;",
      ],
    ],
  },
  {
    name: "says nothing of what did not show up",
    file: "commands/after.ts",
    patch: [["if (nothing > 0) report.note(notFound(placeOf(left), nothing));", ""]],
  },
  {
    name: "does not look for what a killed main left open",
    file: "fleet/plan/cleanup.ts",
    patch: [['one.fate === "open" ||\n', ""]],
  },
  {
    name: "wait_timeout is off by 1000",
    file: "fleet/follow/follow.ts",
    patch: [["this.#begun + inputs.waitTimeoutMs", "this.#begun + inputs.waitTimeoutMs * 1000"]],
  },
  {
    name: "wait_timeout ends 1000 times too early",
    file: "fleet/follow/follow.ts",
    patch: [["this.#begun + inputs.waitTimeoutMs", "this.#begun + inputs.waitTimeoutMs / 1000"]],
  },
  {
    name: "the settle window is off by 1000",
    file: "fleet/plan/newcomers.ts",
    patch: [["SETTLE_WINDOW_MS = 30_000", "SETTLE_WINDOW_MS = 30_000_000"]],
  },
  {
    name: "the settle window ends ten times too early",
    file: "fleet/plan/newcomers.ts",
    patch: [["SETTLE_WINDOW_MS = 30_000", "SETTLE_WINDOW_MS = 3_000"]],
  },
  {
    name: "minutes are read as seconds",
    file: "inputs/values.ts",
    patch: [["m: 60,", "m: 1,"]],
  },
  {
    name: "Retry-After is read as milliseconds",
    file: "net/retry-after.ts",
    patch: [["return Number(text) * 1000;", "return Number(text);"]],
  },
  {
    name: "no bound on all tries together",
    file: "net/retry.ts",
    patch: [
      [
        "const leftMs = budget.totalMs - elapsedMs;",
        "const leftMs = budget.totalMs * 1000 - elapsedMs;",
      ],
    ],
  },
  {
    name: "a cancelled run goes on creating",
    file: "fleet/plan/next-ask.ts",
    patch: [['if (cancelled) return "cancelled";', ""]],
  },
  {
    name: "waits for its request for as long as it takes after a cancel",
    file: "fleet/sending.ts",
    patch: [["CANCEL_GRACE_MS = 1_200", "CANCEL_GRACE_MS = 1_200_000"]],
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
    file: "fleet/follow/health.ts",
    patch: [["GOOD_IN_A_ROW = 2", "GOOD_IN_A_ROW = 1"]],
  },
  {
    name: "prepares on an app that is not on-chain",
    file: "fleet/look.ts",
    patch: [["if (onChain === true) return null;", "if (onChain !== null) return null;"]],
  },
  {
    name: "two annotations on failure",
    file: "commands/conclude.ts",
    patch: [
      [
        "if (red !== null) runner.error(red.annotation.text, red.annotation.title);",
        "for (const one of [red, red]) if (one !== null) runner.error(one.annotation.text, one.annotation.title);",
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
    file: "fleet/follow/watch.ts",
    patch: [
      [
        "if (instanceUrl === null) return;",
        "if (instanceUrl === null) return this.#path === null ? this.#settle() : undefined;",
      ],
    ],
  },
  {
    name: "says nothing where there is no URL",
    file: "fleet/follow/watch.ts",
    patch: [
      [
        'else this.#note({ note: "no-url", replica: whoIs(replica), why });',
        "else this.#settle();",
      ],
    ],
  },
  {
    name: "green without the health check where there is no URL",
    file: "fleet/follow/without-url.ts",
    patch: [['return path === null ? null : { kind: "no-url", why, path, told };', "return null;"]],
  },
  {
    name: "looks for a URL for ten seconds only",
    file: "fleet/follow/address.ts",
    patch: [["URL_WINDOW_MS = 60_000", "URL_WINDOW_MS = 10_000"]],
  },
  {
    name: "looks for a URL for ten minutes",
    file: "fleet/follow/address.ts",
    patch: [["URL_WINDOW_MS = 60_000", "URL_WINDOW_MS = 600_000"]],
  },
  {
    name: "does not mind what counts and has no URL",
    file: "commands/create.ts",
    patch: [["runs(cvm) ? cvm.instanceUrl === null :", "runs(cvm) ? false :"]],
  },
  {
    name: "has an id filled in again in each round",
    file: "fleet/follow/address.ts",
    patch: [["ours && !backfilled", 'ours && !done.includes("backfill")']],
  },
  {
    name: "never has an id filled in",
    file: "fleet/follow/address.ts",
    patch: [["ours && !backfilled", "ours && backfilled && false"]],
  },
  {
    name: "does not read the event log",
    file: "fleet/follow/address.ts",
    patch: [['done.includes("attest") ? "none" : "attest"', '"none"']],
  },
  {
    name: "builds an instance's URL of the app's id",
    file: "phala/gateway.ts",
    patch: [["const id = parseInstanceId(instanceId);", "const id = parseInstanceId(appId);"]],
  },
  {
    name: "believes one route that the key is none",
    file: "fleet/follow/lookout.ts",
    patch: [["++denied > 1", "++denied > 0"]],
  },
  {
    name: "takes another revision for the one that was asked for",
    file: "fleet/plan/mismatch.ts",
    patch: [["hash !== slot.composeHash)", "hash === null)"]],
  },
  {
    name: "takes another node for the one that was asked for",
    file: "fleet/plan/mismatch.ts",
    patch: [["id !== slot.nodeId)", "id === -1)"]],
  },
  {
    name: "what is a little older than its request by created_at is nothing",
    file: "fleet/plan/newcomers.ts",
    patch: [["const MOST_OLDER_MS = 10_000;", "const MOST_OLDER_MS = 0;"]],
    tests: ["__tests__/commands/create/lost/other-clock.test.ts"],
  },
  {
    name: "times are gone by where the server's clock is not known",
    file: "fleet/plan/newcomers.ts",
    patch: [["if (clockOffsetMs === null) return Number.POSITIVE_INFINITY;", ""]],
    tests: ["__tests__/commands/create/lost/other-clock.test.ts"],
  },
  {
    name: "an older one of the name is proven by it",
    file: "fleet/arrivals.ts",
    patch: [["named && asking.doubted && isSince ?", "named && asking.doubted ?"]],
    tests: ["__tests__/commands/create/lost/other-clock.test.ts"],
  },
];
