/** The forms of the API's identifiers (API facts, "Identifiers"). Each answers null for anything else. */

const APP_ID = /^(?:app_)?(?:0x)?([0-9a-f]{40})$/i;
const UUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
const INSTANCE_ID = /^(?:instance_)?(?:0x)?([0-9a-f]{40})$/i;
const HASH = /^(?:0x)?([0-9a-f]{64})$/i;

/** 40 hex digits, bare and lower-case, as the `/apps` routes want them. */
export function parseAppId(text: string): string | null {
  return APP_ID.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** A UUID, dashed and lower-case. Accepts it with all its dashes or with none. */
export function parseUuid(text: string): string | null {
  const dashes = text.split("-").length - 1;
  const match = UUID.exec(text);
  if (!match || (dashes !== 4 && dashes !== 0)) return null;
  return match.slice(1).join("-").toLowerCase();
}

/** 40 hex digits, bare and lower-case, as the gateway's addresses have it. */
export function parseInstanceId(text: string): string | null {
  return INSTANCE_ID.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** 64 hex digits, bare and lower-case: a compose hash. */
export function parseHash(text: string): string | null {
  return HASH.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** A commit token: the docs show a UUID, but do not promise one. */
export function parseToken(text: string): string | null {
  return /^[\x21-\x7e]{8,1024}$/.test(text) ? text : null;
}

/** The UUID without dashes, as the dashboard's addresses have it. */
export function undashed(uuid: string): string {
  return uuid.replaceAll("-", "");
}

/** In place of a transaction: a commit that asks for a look at the chain's state (API facts, "Commit replica"). */
export const ALREADY_REGISTERED = "already-registered";
