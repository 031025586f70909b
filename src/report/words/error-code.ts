import { VERSION } from "../../text/version.ts";
import { ADVICE_BY_CODE, ADVICE_BY_STATUS } from "./advice.ts";

/**
 * The action's own words in the output `error_code`. Whatever stands here must have its section in
 * docs/operations.md and its red log in docs/red-logs.md: tests go over the list.
 */
export const OWN_CODES = [
  "INPUT",
  "NETWORK",
  "TIMEOUT",
  "BOOT",
  "UNHEALTHY",
  "NO_URL",
  "MISMATCH",
  "DEAD",
  "TAKEN",
  "LIMIT",
  "UNVERIFIED",
  "AMBIGUOUS",
  "REJECTED",
  "CHAIN",
  "NOT_FOUND",
  "KEPT",
  "INTERNAL",
] as const;

/** Of a failure. Empty: none of its own, since it was cancelled, or never asked for. */
export type ErrorCode = (typeof OWN_CODES)[number] | `ERR-${string}` | `HTTP-${number}` | "";

/** The heading of a code's section in docs/operations.md, as GitHub makes an anchor of it. */
export function anchorOf(code: ErrorCode): string {
  if (code === "") return "cancelled";
  if (code.startsWith("ERR-")) {
    const known = Object.hasOwn(ADVICE_BY_CODE, code.slice("ERR-".length));
    return known ? code.toLowerCase() : "other-err-codes";
  }
  if (!code.startsWith("HTTP-")) return code.toLowerCase();
  const status = Number(code.slice("HTTP-".length));
  if (Object.hasOwn(ADVICE_BY_STATUS, status)) return code.toLowerCase();
  // Above 599 a status means nothing that anybody wrote down; the advice takes it for a failing server too.
  return `http-${Math.min(5, Math.max(2, Math.floor(status / 100)))}xx`;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where the documents are if the runner does not say which repository this action came from. */
const HOME = `https://github.com/your-org/cvm-replica-action/blob/v${VERSION.split(".")[0]}`;
/** Longer names of repositories and refs exist, but a link must not push the words out of an annotation. */
const LONGEST = 200;

/**
 * The address of a code's section in docs/operations.md.
 *
 * What the runner was told to use knows best: a fork, a mirror on a company's own server, or a pinned commit
 * has the document that fits the code which runs. `GITHUB_ACTION_REPOSITORY` is empty for `uses: ./`, where
 * nobody tells the repository, so that leads to the released document, as does anything odd.
 *
 * @param env the step's environment
 */
export function sectionUrl(code: ErrorCode, env: Env): string {
  return `${documents(env)}/docs/operations.md#${anchorOf(code)}`;
}

function documents(env: Env): string {
  const server = env.GITHUB_SERVER_URL ?? "https://github.com";
  const repository = env.GITHUB_ACTION_REPOSITORY ?? "";
  const ref = env.GITHUB_ACTION_REF ?? "";
  const sane =
    /^https:\/\/[\w.-]+(?::\d+)?$/.test(server) &&
    /^[\w-]+\/[\w.-]+$/.test(repository) &&
    /^[\w.+-]+(?:\/[\w.+-]+)*$/.test(ref);
  const url = `${server}/${repository}/blob/${ref}`;
  return sane && url.length <= LONGEST ? url : HOME;
}
