/** The live run's own requests: reads, and nothing else. What creates and deletes is the action. */
import type { Hidden } from "./hide.ts";
import { listOf, objectOf } from "./shape.ts";

/** One answered read. */
export interface Read {
  /** Null where no answer came. */
  readonly status: number | null;
  /** JSON, or the text where it was none; null without a body. */
  readonly body: unknown;
  readonly ms: number;
  /** Names of headers that speak of limits. */
  readonly limits: readonly string[];
}

/** A read: a GET, or one of the two POSTs that only ask. */
export interface Question {
  readonly path: string;
  readonly version?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The POSTs that change nothing (API facts, section 3.1 and section 7). */
const ASKING = [/^\/status\/batch$/, /^\/apps\/[^/]+\/is-allowed$/];
const VERSION = "2026-01-21";
const LIMIT_MS = 30_000;
const MOST_BYTES = 2 ** 22;

export type Ask = (question: Question) => Promise<Read>;

/** Asks an API. Ids and names of the answers are noted in `hidden`. Throws for a POST that is no question. */
export function asker(apiUrl: string, apiKey: string, hidden: Hidden): Ask {
  return async ({ path, version = VERSION, body }) => {
    if (body !== undefined && !ASKING.some((form) => form.test(path))) {
      throw new Error("the live run sends no POST that could change something");
    }
    const begun = Date.now();
    const done = (status: number | null, value: unknown, limits: readonly string[] = []): Read => {
      noteNames(hidden, value);
      return { status, body: value, ms: Date.now() - begun, limits };
    };
    try {
      const answer = await fetch(`${apiUrl}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          "x-api-key": apiKey,
          "x-phala-version": version,
          "user-agent": "cvm-replica-action live run",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The key goes to no other host.
        redirect: "manual",
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      const limits = [...answer.headers.keys()].filter((name) =>
        /ratelimit|retry-after/.test(name),
      );
      const text = await answer.text();
      return done(answer.status, text.length > MOST_BYTES ? null : parsed(text), limits);
    } catch {
      return done(null, null);
    }
  };
}

function parsed(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Fields whose values name somebody or something. */
const NAMING =
  /(^|_)(name|username|email|slug|uuid|id|team_name|domain|address|hash|pubkey|url|app|instance)$/;

/** Notes every value that names something, wherever it stands. Names of nodes, images and regions are public. */
function noteNames(hidden: Hidden, value: unknown, field = ""): void {
  if (typeof value === "string") {
    if (NAMING.test(field)) hidden.add(value);
    return;
  }
  for (const item of listOf(value)) noteNames(hidden, item, field);
  for (const [name, inner] of Object.entries(objectOf(value))) {
    if (/^(node_info|teepod|os|nodes|images)$/.test(name)) continue;
    noteNames(hidden, inner, name);
  }
}
