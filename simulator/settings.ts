import type { WorldOptions } from "./options.ts";

/** What belongs to the server rather than to the world. Times in ms. */
export interface ServerOptions {
  /** Added to every answer of the API. Default 0. */
  readonly latencyMs?: number;
  /** Default: a free one. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Length of a second of event streams. Default 1000. */
  readonly streamSecondMs?: number;
}

/** All that `startSimulator` takes: the scenario and the server's own settings. */
export type SimulatorOptions = Omit<WorldOptions, "origin"> & ServerOptions;
