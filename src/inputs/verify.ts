/** The inputs of the action verify. */
import { parseAppId, parseHash, parseUuid } from "../text/ids.ts";
import { type NamePattern, parsePattern } from "../text/pattern.ts";
import { type AttestationInputs, readAttestation } from "./attestation.ts";
import {
  type CommonInputs,
  durationOf,
  flagOf,
  lastChecks,
  readApiUrl,
  requireApiKey,
  withoutUnset,
} from "./common.ts";
import { type Env, InputReader } from "./reader.ts";
import { parseList } from "./values.ts";

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
const GUARDED = ["vm_uuids", "name", "compose_hash", "source", "expected_os"];

/** Reads and checks all inputs. Pure: the environment is the only source. */
export function readVerifyInputs(
  given: Env,
): { readonly inputs: VerifyInputs } | { readonly faults: readonly string[] } {
  const { env, faults } = withoutUnset(given, GUARDED);
  const read = new InputReader(env);
  const apiKey = requireApiKey(read, env);
  const apiUrl = readApiUrl(read, env);
  const appId = read.required("app_id", "the app's 40 hex digits", parseAppId);
  const inputs = {
    vmUuids: read.optional("vm_uuids", "UUIDs, as a list or a JSON array", listOf(parseUuid)),
    names: read.optional("name", "names, or patterns with *", listOf(parsePattern)),
    composeHash: read.optional("compose_hash", "64 hex digits", parseHash),
    source: read.optional("source", "an instance's UUID", parseUuid),
    ...readAttestation(read),
    mode: read.withDefault("mode", "require", "warn or require", modeOf),
    requestTimeoutMs: durationOf(read)("request_timeout", 60_000),
    waitTimeoutMs: durationOf(read)("wait_timeout", 600_000),
    summary: flagOf(read)("summary", true),
  };
  const hasReference = read.given("source") || read.given("expected_os");
  if (inputs.mode === "require" && !hasReference) {
    read.faults.push(
      "mode: require needs source or expected_os: without a reference a green word would prove nothing. mode: warn tells the line of expected_os to write.",
    );
  }
  const notes = lastChecks(read, env);
  const all = [...faults, ...read.faults];
  if (all.length > 0 || !apiKey || !apiUrl || !appId) return { faults: all };
  return { inputs: { ...inputs, apiKey, apiUrl, appId, notes } };
}

function modeOf(text: string): "warn" | "require" | null {
  return text === "warn" || text === "require" ? text : null;
}

/** A list whose every entry is of the form; it may be empty, and then selects nothing. */
function listOf<T>(parse: (text: string) => T | null): (text: string) => readonly T[] | null {
  return (text) => {
    const values = (parseList(text) ?? [null]).map((one) => (one === null ? null : parse(one)));
    const good = values.filter((value) => value !== null);
    return good.length === values.length ? good : null;
  };
}
