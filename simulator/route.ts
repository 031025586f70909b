import type { ApiAnswer } from "./types.ts";
import type { Version } from "./version.ts";
import type { World } from "./world.ts";

/** What a route gets to work with. */
export interface Context {
  readonly world: World;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly version: Version;
  /** Position in the record of requests, when there is one. */
  readonly index: number | null;
  /** It came while another request to create was open. */
  readonly overlaps: boolean;
}

/** One route of the API. */
export interface Route {
  /** Stable name, used in records, faults and hooks. */
  readonly name: string;
  readonly method: string;
  /** Path below the API's base, with `{params}`. */
  readonly path: string;
  /** Needs no API key. */
  readonly open?: boolean;
  readonly run: (context: Context) => ApiAnswer;
}
