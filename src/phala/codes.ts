/** Statuses and words of the API that several places reason about (API facts, "Commit replica", "Errors"). */

/** On-chain registration is needed first; also a commit's answer before it. */
export const APPROVAL_NEEDED = 465;
/** The commit token is unknown, used, expired or superseded. */
export const TOKEN_REFUSED = 466;
/** The registration's transaction is not found (yet), or no good. */
export const TRANSACTION_UNKNOWN = 467;
/** The app's contract does not allow the compose hash or the device (yet). */
export const NOT_ALLOWED = 468;

/** The error code of an answer that asks for an approval. */
export const APPROVAL_CODE = "ERR-01-005";
/** That of a commit which the contract does not allow. The sources disagree on which of both comes. */
const NOT_ALLOWED_CODE = "ERR-01-008";

/** That of a commit whose transaction is not found, or no good. */
const TRANSACTION_CODE = "ERR-01-007";

/** The app has several live instances, so a create has to say which revision it means. */
export const SEVERAL_LIVE = "ERR-03-009";

/** Whether an `error_code` of a create or a commit says that the contract does not show it yet. */
export function isNotYet(code: string): boolean {
  return [APPROVAL_CODE, NOT_ALLOWED_CODE, `HTTP-${NOT_ALLOWED}`].includes(code);
}

/** Whether it says that the transaction is not found, or no good. */
export function isUnseen(code: string): boolean {
  return [TRANSACTION_CODE, `HTTP-${TRANSACTION_UNKNOWN}`].includes(code);
}
