/** The inputs of the action verify. */
import { parseHash, parseUuid } from "../text/ids.ts";
import type { NamePattern } from "../text/pattern.ts";
import { type AttestationInputs, readAttestation } from "./attestation.ts";
import { type CommonInputs, durationOf, type Reading, readInputs } from "./common.ts";
import { readPatterns, readUuids } from "./lists.ts";
import type { Env } from "./reader.ts";

export interface VerifyInputs extends CommonInputs, AttestationInputs {
  /** Dashed; null: not given. */
  readonly vmUuids: readonly string[] | null;
  readonly names: readonly NamePattern[] | null;
  readonly composeHash: string | null;
  /** UUID of the instance that the others must equal; null: none. */
  readonly source: string | null;
  readonly mode: "warn" | "require";
  readonly waitTimeoutMs: number;
}

/** Silently empty, they would verify something else, or less. */
export const VERIFY_GUARDED = ["vm_uuids", "name", "compose_hash", "source", "expected_os"];

/** Reads and checks all inputs. Pure: the environment is the only source. */
export function readVerifyInputs(
  handed: Env,
): { readonly inputs: VerifyInputs } | { readonly faults: readonly string[] } {
  return readInputs(handed, VERIFY_GUARDED, ownInputs);
}

function ownInputs({ read, env }: Reading) {
  const own = {
    vmUuids: readUuids(read, "vm_uuids"),
    names: readPatterns(read, "name", env),
    composeHash: read.optional("compose_hash", "64 hex digits", parseHash),
    source: read.optional("source", "an instance's UUID", parseUuid),
    ...readAttestation(read),
    mode: read.withDefault("mode", "require", "warn or require", modeOf),
    waitTimeoutMs: durationOf(read)("wait_timeout", 600_000),
  };
  const hasReference = read.given("source") || read.given("expected_os");
  if (own.mode === "require" && !hasReference) {
    read.faults.push(
      "mode: require needs source or expected_os: without a reference a green word would prove nothing. mode: warn tells the line of expected_os to write.",
    );
  }
  return own;
}

function modeOf(text: string): "warn" | "require" | null {
  return text === "warn" || text === "require" ? text : null;
}
