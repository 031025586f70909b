import { createHash } from "node:crypto";
import { SOURCE_IMAGE } from "../nodes.ts";
import { guestHashAt } from "../operations.ts";
import type { Lie } from "../plans.ts";
import type { Cvm } from "../types.ts";
import type { World } from "../world.ts";
import { authority } from "./authority.ts";
import { bootEvents, type Event, type LogEntry, logOf, registerOf } from "./log.ts";
import { GOOD_MACHINE, GOOD_SVN, OUTDATED_MACHINE } from "./machines.ts";
import { makeQuote, type TdSpec } from "./quote.ts";

/** What the platform has of a guest's attestation. */
export interface Attested {
  /** Hex. */
  readonly quote: string;
  /** Null where its TCB info is private. */
  readonly log: readonly LogEntry[] | null;
  readonly registers: Pick<TdSpec, "mrTd" | "rtmrs">;
}

/** Making one takes some ms, and each look asks again. */
const MOST_KEPT = 1_000;
const quotes = new Map<string, string>();

/** The attestation of a CVM as the platform shows it now; null where it has none (yet). */
export function attested(world: World, cvm: Cvm): Attested | null {
  const { lie, quoteLagMs = 0 } = cvm.plan;
  const { runningSince, guestInstanceId } = world.view(cvm);
  const there = runningSince !== null && world.now() >= runningSince + quoteLagMs;
  if (!there || guestInstanceId === null || lie === "no-quote") return null;
  // Of another guest everything is shown as it is there.
  if (lie === "sibling") return attestedBy(world, world.source, undefined);
  return attestedBy(world, cvm, lie);
}

function attestedBy(world: World, cvm: Cvm, lie: Lie | undefined): Attested {
  const { logVersion, bareDigests } = world.settings;
  const log = logOf(eventsOf(world, cvm, lie), logVersion);
  const image = lie === "other-os" ? "dstack-0.0.1" : SOURCE_IMAGE;
  const rtmr3 = registerOf(log.map(({ digest }) => digest));
  // The host's virtual hardware differs from node to node.
  const rtmr0 = measure("rtmr0", `${cvm.nodeId}`);
  const rtmrs = [rtmr0, measure("rtmr1", image), measure("rtmr2", image), rtmr3] as const;
  const registers = { mrTd: measure("mrtd", image), rtmrs };
  const debug = lie === "debug" ? { tdAttributes: "0100001000000000" } : {};
  const shown = bareDigests ? log.map((entry) => ({ ...entry, digest: "" })) : log;
  return {
    quote: quoteOf({ teeTcbSvn: GOOD_SVN, ...registers, ...debug }, lie === "outdated"),
    log: lie === "no-log" ? null : shown,
    registers,
  };
}

function eventsOf(world: World, cvm: Cvm, lie: Lie | undefined): Event[] {
  // What the guest has booted, or had: attestation lags behind an update.
  const booted = guestHashAt(cvm, world.now() - world.settings.attestationLagMs);
  const events = bootEvents({
    appId: lie === "other-app" ? world.foreignAppId : cvm.appId,
    composeHash: lie === "other-revision" ? "0d".repeat(32) : booted,
    instanceId: cvm.futureInstanceId,
    keyProvider: { name: lie === "other-keys" ? "local-sgx" : "kms", id: world.kms.rootKey },
  });
  const silent = cvm.plan.attestationEvent === false;
  return events.filter(([name]) => !silent || name !== "instance-id");
}

function quoteOf(td: TdSpec, outdated: boolean): string {
  const key = JSON.stringify([td, outdated]);
  const kept = quotes.get(key);
  if (kept !== undefined) return kept;
  const platform = authority().platform(outdated ? OUTDATED_MACHINE : GOOD_MACHINE);
  const quote = makeQuote(platform, td).toString("hex");
  if (quotes.size >= MOST_KEPT) quotes.clear();
  quotes.set(key, quote);
  return quote;
}

function measure(register: string, what: string): string {
  return createHash("sha384").update(`${register} ${what}`).digest("hex");
}
