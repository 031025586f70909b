import type { Runner } from "../action/edges.ts";
import { maskedPieces } from "../envs/masked.ts";
import { parseEnvs } from "../envs/parse.ts";
import { formsOfKey } from "../text/private-key.ts";
import { secretsOfRpcUrl } from "../text/rpc-url.ts";
import { UNSET } from "./common.ts";
import { type Env, rawInput } from "./reader.ts";
import { parseHexBlob, withoutQuotes } from "./values.ts";

/**
 * Masks every secret among the inputs; called before anything else happens. The commit token is only kept
 * out of what is printed: a masked value would be dropped from job outputs, and it has to cross jobs.
 */
export function maskSecrets(
  env: Env,
  runner: Pick<Runner, "mask" | "maskPrinted" | "neverPrint">,
): void {
  const token = rawInput(env, "commit_token");
  if (token !== null && token !== UNSET) runner.neverPrint(token);
  const blob = rawInput(env, "encrypted_env");
  const keys = [rawInput(env, "api_key"), env.PHALA_CLOUD_API_KEY?.trim() ?? ""];
  // Pasted with quotes around it, it is refused; without them it is a key all the same.
  const bare = keys.map((key) => key && withoutQuotes(key));
  const digits = blob && parseHexBlob(blob);
  const cases = [digits, digits?.toLowerCase(), digits?.toUpperCase()];
  const secrets = [...keys, ...bare, blob, ...cases, rawInput(env, "github_token")];
  for (const secret of new Set([...secrets, ...signing(env)])) {
    if (secret) runner.mask(secret);
  }
  const { pairs } = parseEnvs(rawInput(env, "envs") ?? "");
  const pieces = pairs.flatMap(({ value }) => maskedPieces(value));
  for (const piece of new Set(pieces)) runner.maskPrinted(piece);
}

/** The key that signs, in each form in which it may show, and what of the RPC's address may be a provider's key. */
function signing(env: Env): string[] {
  const key = rawInput(env, "private_key");
  const url = rawInput(env, "rpc_url");
  // Longer than any word of a log: what is as short as `unset` is no key, and its mask would eat the log.
  const isSecret = (form: string) => form.length >= SHORTEST_KEY;
  const keys = key === null ? [] : [key, withoutQuotes(key) ?? key].flatMap(formsOfKey);
  return [...keys.filter(isSecret), ...(url === null ? [] : secretsOfRpcUrl(url))];
}

/** Characters. */
const SHORTEST_KEY = 16;
