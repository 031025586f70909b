/**
 * The faults that may hit the create request, each with what must come of a run of three replicas in which
 * one of them is hit. Two numbers matter most: no row sends a request again that may have been worked on,
 * and no row leaves a replica behind that nobody names.
 */
import type { FaultKind } from "../../../../simulator/faults.ts";
import type { SimulatorOptions } from "../../../../simulator/index.ts";
import type { ReplicaEntry } from "../../../support/runs.ts";

export interface FaultRow {
  readonly name: string;
  readonly fault: FaultKind;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly sim?: SimulatorOptions;
  /** A variant of another row: tried at one of the three only. */
  readonly variant?: true;
  /** It speaks of the whole run: no further request is sent, and `posts` and `exist` count up to it. */
  readonly stops?: true;
  /** Create requests in all. */
  readonly posts: number;
  /** Replicas that exist afterwards. */
  readonly exist: number;
  /** What becomes of the one that is hit. */
  readonly fate: ReplicaEntry["outcome"];
  /** `error_code`; empty where the run succeeds. */
  readonly code: string;
  /** What the log or the annotation must say. */
  readonly says: RegExp;
}

const ADOPTED = {
  posts: 3,
  exist: 3,
  fate: "adopted",
  code: "",
  says: /so it is looked for.*\n(.*\n)*.*most likely the replica of this step/,
} as const;
const NEVER_SEEN = {
  posts: 3,
  exist: 2,
  fate: "failed",
  code: "AMBIGUOUS",
  says: /not sent again.*Nothing new was seen in the app for 30 s\. Wait 10 minutes.* look at https:\S+ .*write instances: 4,/,
} as const;
const RETRIED = { posts: 4, exist: 3, fate: "created", code: "" } as const;
const REFUSED = { posts: 3, exist: 2, fate: "failed" } as const;

/** Of an answer to a request that may be sent again, once the app was looked at. */
const AGAIN = "The app is looked at first; if nothing new is there, try 2 follows in";

const before = (
  status: number,
  headers: Record<string, string> = {},
  body?: string,
): FaultKind => ({
  kind: "status",
  when: "before",
  status,
  headers,
  ...(body === undefined ? {} : { body }),
});
const after = (status: number, headers: Record<string, string> = {}): FaultKind => ({
  kind: "status",
  when: "after",
  status,
  headers,
});
const coded = (code: string): string => JSON.stringify({ error_code: code, message: "no" });

/** The server says that it did nothing: the same request may be sent again after a look, or is refused. */
export const CERTAIN: readonly FaultRow[] = [
  {
    name: "429, Retry-After in seconds",
    fault: before(429, { "retry-after": "1" }),
    ...RETRIED,
    says: new RegExp(`HTTP 429.*${AGAIN} 2(\\.\\d)? s`),
  },
  {
    name: "429, Retry-After as a date",
    fault: before(429, { "retry-after": "{now+2}" }),
    ...RETRIED,
    says: new RegExp(`HTTP 429.*${AGAIN} [23](\\.\\d)? s`),
  },
  {
    name: "429, Retry-After as a date, by a server whose clock is an hour ahead",
    variant: true,
    fault: before(429, { "retry-after": "{now+2}" }),
    sim: { clockSkewMs: 3_600_000 },
    ...RETRIED,
    says: new RegExp(`HTTP 429.*${AGAIN} [23](\\.\\d)? s`),
  },
  {
    name: "429, Retry-After of a day",
    fault: before(429, { "retry-after": "86400" }),
    stops: true,
    ...REFUSED,
    code: "HTTP-429",
    says: /asks to wait 24 h, which is longer than this step waits/,
  },
  {
    name: "429, Retry-After of a number beyond all bounds",
    variant: true,
    fault: before(429, { "retry-after": "9".repeat(400) }),
    stops: true,
    ...REFUSED,
    code: "HTTP-429",
    says: /asks to wait .*longer than this step waits/,
  },
  {
    name: "429, Retry-After that says nothing",
    fault: before(429, { "retry-after": "-3, soon" }),
    ...RETRIED,
    says: new RegExp(`${AGAIN} 2 s`),
  },
  {
    name: "429, no Retry-After",
    fault: before(429),
    ...RETRIED,
    says: new RegExp(`${AGAIN} 2 s`),
  },
  {
    name: "409 without an error code",
    fault: before(409),
    ...RETRIED,
    says: new RegExp(`HTTP 409.*${AGAIN}`),
  },
  {
    name: "503 with Retry-After",
    fault: before(503, { "retry-after": "1" }),
    ...RETRIED,
    says: new RegExp(`HTTP 503.*${AGAIN} 30 s`),
  },
  {
    name: "409 with an error code",
    variant: true,
    fault: before(409, {}, coded("ERR-03-007")),
    ...REFUSED,
    code: "ERR-03-007",
    says: /ERR-03-007/,
  },
  {
    name: "400 with an error code and a Retry-After that nobody asked for",
    variant: true,
    fault: before(400, { "retry-after": "1" }, coded("ERR-02-005")),
    ...REFUSED,
    code: "ERR-02-005",
    says: /ERR-02-005/,
  },
  {
    name: "400 of a busy API",
    fault: before(400, {}, coded("ERR-02-009")),
    ...RETRIED,
    says: new RegExp(`ERR-02-009.*several creations run at once\\. ${AGAIN} 4 s`),
  },
  {
    name: "400, the balance is too low",
    fault: before(400, {}, coded("ERR-04-001")),
    stops: true,
    ...REFUSED,
    code: "ERR-04-001",
    says: /balance is too low/,
  },
  {
    name: "422",
    variant: true,
    fault: before(422),
    ...REFUSED,
    code: "HTTP-422",
    says: /HTTP 422/,
  },
];

/** Uncertain, and the work was done, at once or later. */
export const DONE: readonly FaultRow[] = [
  { name: "dropped after the work", fault: { kind: "drop", when: "after" }, ...ADOPTED },
  ...[500, 502, 503, 504].map((status) => ({
    name: `${status} after the work`,
    fault: after(status),
    ...ADOPTED,
  })),
  ...(
    [
      ["503 that names a time", 503, { "retry-after": "1" }],
      ["429", 429, {}],
      ["a bare 409", 409, {}],
    ] as const
  ).map(([name, status, headers]) => ({
    name: `${name}, after the work`,
    fault: after(status, headers),
    ...ADOPTED,
    says: new RegExp(`${AGAIN}.*\\n(.*\\n)*.*most likely the replica of this step`),
  })),
  { name: "200, cut off", fault: { kind: "cut" }, ...ADOPTED },
  {
    name: "200, cut off before its first byte",
    variant: true,
    fault: { kind: "cut", bytes: 0 },
    ...ADOPTED,
  },
  { name: "200, empty", variant: true, fault: { kind: "empty" }, ...ADOPTED },
  { name: "204, empty", variant: true, fault: { kind: "empty", status: 204 }, ...ADOPTED },
  { name: "200, HTML", fault: { kind: "garbage", form: "html" }, ...ADOPTED },
  {
    name: "200, another object",
    variant: true,
    fault: { kind: "garbage", form: "object" },
    ...ADOPTED,
  },
  {
    name: "200, nested without end",
    variant: true,
    fault: { kind: "garbage", form: "deep" },
    ...ADOPTED,
  },
  {
    name: "200, larger than any VM",
    variant: true,
    fault: { kind: "huge", bytes: 11_000_000 },
    ...ADOPTED,
  },
  {
    name: "no answer, work done",
    fault: { kind: "hang", when: "after" },
    inputs: { request_timeout: "6s" },
    ...ADOPTED,
  },
  {
    name: "timeout with late success",
    fault: { kind: "late", afterMs: 10_000 },
    inputs: { request_timeout: "6s" },
    ...ADOPTED,
  },
  {
    name: "dropped after the work, shown by the list only after seconds",
    fault: { kind: "drop", when: "after" },
    sim: { listLagMs: 5_000 },
    ...ADOPTED,
  },
  {
    name: "dropped after the work, by a server whose clock is an hour slow",
    variant: true,
    fault: { kind: "drop", when: "after" },
    sim: { clockSkewMs: -3_600_000, createdAtForm: "naive" },
    ...ADOPTED,
  },
];

/** Uncertain, and nothing was done: no wait can prove it. */
export const UNDONE: readonly FaultRow[] = [
  { name: "dropped before the work", fault: { kind: "drop", when: "before" }, ...NEVER_SEEN },
  ...[500, 502, 503, 504].map((status) => ({
    name: `${status} before the work`,
    fault: before(status),
    ...NEVER_SEEN,
  })),
  { name: "408", variant: true, fault: before(408), ...NEVER_SEEN },
  {
    name: "no answer, nothing done",
    fault: { kind: "hang", when: "before" },
    inputs: { request_timeout: "6s" },
    ...NEVER_SEEN,
  },
];
