import type { EnvPair } from "../envs/limits.ts";
import { setFault } from "../envs/limits.ts";
import { parseEnvs } from "../envs/parse.ts";
import type { InputReader } from "./reader.ts";
import { parseHexBlob } from "./values.ts";

export interface GivenEnvs {
  /** All variables to encrypt, those of `envs` first. */
  readonly envs: readonly EnvPair[];
  /** Those whose values are masked. */
  readonly maskedEnvs: readonly EnvPair[];
  readonly notes: readonly string[];
}

/** Variable lines of `envs` and `envs_plain`; a fault names a line and a variable, never a value. */
export function readEnvs(read: InputReader): GivenEnvs {
  const secret = linesOf(read, "envs");
  const plain = linesOf(read, "envs_plain");
  const names = new Set(secret.pairs.map(({ key }) => key));
  const twice = plain.pairs.map(({ key }) => key).filter((key) => names.has(key));
  if (twice.length > 0 && !secret.broken && !plain.broken) {
    read.faults.push(`envs_plain gives ${twice.join(", ")} again, after envs.`);
  }
  const envs = [...secret.pairs, ...plain.pairs];
  const tooMuch = secret.broken || plain.broken ? null : setFault(envs);
  if (tooMuch !== null) read.faults.push(`envs and envs_plain: ${tooMuch}.`);
  const notes = [...secret.notes, ...plain.notes];
  if (plain.pairs.length > 0 && read.cameOutEmpty("envs")) {
    notes.push(
      "envs is empty: its expression came out empty, so the replica's whole environment is what envs_plain holds.",
    );
  }
  return { envs, maskedEnvs: secret.pairs, notes };
}

/** The environment that is encrypted already; null: not given. */
export function readEncryptedEnv(read: InputReader): string | null {
  return read.secret("encrypted_env", "a hex blob of an even number of digits", parseHexBlob);
}

/** Two environments at once would be one too many. */
export function refuseTwoEnvironments(read: InputReader): void {
  for (const name of ["envs", "envs_plain"]) {
    read.exclude(name, ["encrypted_env"], "one is encrypted by this action, the other is already");
  }
}

interface Lines {
  readonly pairs: readonly EnvPair[];
  readonly notes: readonly string[];
  /** Faults are told; what looks like a name may be a piece of a secret. */
  readonly broken: boolean;
}

function linesOf(read: InputReader, name: "envs" | "envs_plain"): Lines {
  const parsed = read.text(name, parseEnvs);
  if (parsed === null) return { pairs: [], notes: [], broken: false };
  for (const fault of parsed.faults) read.faults.push(`${name}: ${fault}.`);
  return {
    pairs: parsed.pairs,
    notes: parsed.notes.map((note) => `${name}: ${note}`),
    broken: parsed.faults.length > 0,
  };
}
