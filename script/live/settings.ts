/** What the live run is told by the environment, and the bounds that it keeps to. */
import { join } from "node:path";

/** How long the platform may keep the replica: it deletes it itself then, whatever becomes of this run. */
export const TTL = "30m";
/** Longest wait for the replica to run, as the action's input. */
export const WAIT = "10m";

/** Times in ms. */
export interface Settings {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** 40 hex digits, bare. */
  readonly appId: string;
  /** Of the source CVM, dashed. */
  readonly source: string;
  /** USD that one hour of the replica may cost. */
  readonly maxCost: number;
  /** USD an hour, used where the API does not tell the price; null when not given. */
  readonly price: number | null;
  /** Where the step's state is kept, for the step that ends what was left. */
  readonly folder: string;
  /** Name of the replica, where the action takes names. */
  readonly name: string;
  readonly pollMs: number;
  /** How long to wait for what comes late: the attestation, the deletion's traces. */
  readonly patienceMs: number;
}

const OFFICIAL = "https://cloud-api.phala.com/api/v1";

/** Reads the settings. Throws with all that is wrong, and with no value in the text. */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const text = (name: string, form: RegExp, fallback = ""): string => {
    const value = (env[name] ?? "").trim() || fallback;
    if (!form.test(value)) wrong.push(`${name} is missing or malformed`);
    return value;
  };
  const amount = (name: string, fallback: string): number =>
    Number(text(name, /^\d+(\.\d+)?$/, fallback));
  const apiUrl = text(
    "PHALA_CLOUD_API_PREFIX",
    /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])\S+$/,
    OFFICIAL,
  );
  const appId = text("PHALA_APP_ID", /^(0x|app_)?[0-9a-f]{40}$/i);
  const uuid = text("PHALA_VM_UUID", /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i);
  const run = text("GITHUB_RUN_ID", /^\d{1,20}$/, "0");
  const attempt = text("GITHUB_RUN_ATTEMPT", /^\d{1,4}$/, "1");
  const price = env.LIVE_HOURLY_PRICE?.trim() ? amount("LIVE_HOURLY_PRICE", "") : null;
  const settings: Settings = {
    apiUrl: apiUrl.replace(/\/+$/, ""),
    apiKey: text("PHALA_CLOUD_API_KEY", /^\S{4,}$/),
    appId: appId.replace(/^(0x|app_)/i, "").toLowerCase(),
    source: dashed(uuid),
    maxCost: amount("LIVE_MAX_COST", "0.5"),
    price,
    folder: join(text("RUNNER_TEMP", /./), "live"),
    name: `live-check-${run}-${attempt}`,
    pollMs: amount("LIVE_POLL_MS", "2000"),
    patienceMs: amount("LIVE_PATIENCE_MS", "120000"),
  };
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return settings;
}

/** A UUID with its dashes, lower-case. */
export function dashed(uuid: string): string {
  const bare = uuid.replaceAll("-", "").toLowerCase();
  return bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
