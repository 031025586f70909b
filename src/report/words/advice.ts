import type { AnswerFault, NetworkFault } from "../../net/fault.ts";
import { NOT_ALLOWED, TOKEN_REFUSED, TRANSACTION_UNKNOWN } from "../../phala/codes.ts";

const TOKEN_ADVICE =
  "The commit token is used, expired (after 14 days) or superseded: look whether its replica is there already; if not, run the prepare step again.";
const TRANSACTION_ADVICE =
  "The registration's transaction was not found, was reverted or went to another contract: check transaction_hash.";
const HASH_ADVICE =
  "The app's contract does not allow this compose hash or device yet: register what the prepare step named, then commit again.";

/**
 * What to do about an error code of the API, in our words (meanings: API facts, "Errors, limits"). Keyed
 * without the `ERR-` in front.
 */
export const ADVICE_BY_CODE: Readonly<Record<string, string>> = {
  "01-001": "No such node: check node_id against the nodes in the dashboard, or leave it out.",
  "01-005": "Register what the approval outputs name on chain, then commit.",
  "01-006": TOKEN_ADVICE,
  "01-007": TRANSACTION_ADVICE,
  "01-008": HASH_ADVICE,
  "02-001":
    "The platform does not know the source's instance type (any more): replicate another CVM of the app.",
  "02-002":
    "No node has the resources for this replica now: try again later, or name another node_id.",
  "02-003": "The node is short of vCPUs: name another node_id, or leave it out.",
  "02-004": "The node is short of memory: name another node_id, or leave it out.",
  "02-005":
    "The node is full: name another node_id, or leave it out so that the platform finds one.",
  "02-006": "The node has no free GPU: name another node_id.",
  "02-007": "The node has too few GPUs: name another node_id.",
  "02-008":
    "The API refuses a parameter: check compose_hash, which must be a revision of this app, and node_id.",
  "02-009":
    "The source's configuration does not fit the node; the API also says so now and then when several creations run at once. Try again, or name another node_id.",
  "02-010": "The node does not have the source's OS image: name another node_id.",
  "02-011": "No KMS on this node matches the app's: name another node_id.",
  "02-012": "This workspace has no access to the node: name another node_id.",
  "02-013": "The source's OS image does not fit the node: name another node_id.",
  "02-014": "The node has no capacity configured: name another node_id.",
  "02-015": "The workspace's quota is used up: delete what is not needed, or ask for more.",
  "02-016": "All GPUs of the node are busy: try again later, or name another node_id.",
  "03-001": "No such CVM: check vm_uuid, and that the key belongs to its workspace.",
  "03-002": "Several CVMs bear this name: give the source's vm_uuid.",
  "03-003": "The CVM belongs to another workspace: use a key of that workspace.",
  "03-004":
    "The CVM is not visible to this key: check vm_uuid, and that the key belongs to its workspace.",
  "03-005": "The key's role does not permit this: use a key of a member who may create CVMs.",
  "03-006":
    "The source's OS image is not on the target node: name another node_id, or leave it out.",
  "03-007": "The app is active with another configuration: check app_id.",
  "03-008": "The source CVM is not visible in the key's workspace: check app_id and vm_uuid.",
  "03-009":
    "The app has several live instances: give compose_hash to say which revision to replicate.",
  "03-010": "The id matches several CVMs: give the source's vm_uuid.",
  "04-001":
    "The workspace's balance is too low: top it up at https://cloud.phala.com, then re-run.",
  "04-002": "The workspace has its maximum of CVMs: delete what is not needed, or ask for more.",
  "04-003":
    "The workspace's resource limit is reached: delete what is not needed, or ask for more.",
};

/** The same by status, for answers without a code that is known. */
export const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  400: "Check that app_id and vm_uuid belong together, and the node.",
  401: "The API key was rejected: check that the secret holds a live key (workflows from forks get none).",
  402: "The workspace's balance is too low: top it up at https://cloud.phala.com, then re-run.",
  403: "The key has no access to this app or CVM: use a key of the workspace that owns it. A suspended workspace can't replicate either.",
  404: "Check app_id, vm_uuid and node_id, that the key belongs to their workspace, and api_url.",
  407: "The proxy wants credentials: check https_proxy.",
  409: "Another operation is in progress: try again when it is done.",
  413: "The request is too large: check the size of the encrypted environment.",
  422: "The API refused an input's form: compare the inputs with the action's documentation.",
  [TOKEN_REFUSED]: TOKEN_ADVICE,
  [TRANSACTION_UNKNOWN]: TRANSACTION_ADVICE,
  [NOT_ALLOWED]: HASH_ADVICE,
  429: "Too many requests: try again later, or run fewer jobs at once.",
};

/** What to do next about an error answer; the most specific advice that there is. */
export function adviceForAnswer(fault: AnswerFault): string {
  const code = fault.errorCode?.slice("ERR-".length) ?? "";
  // The server chose the code: it must not reach the properties that every object has.
  const byCode = Object.hasOwn(ADVICE_BY_CODE, code) ? ADVICE_BY_CODE[code] : undefined;
  if (byCode !== undefined) return byCode;
  if (fault.page && fault.status >= 400) {
    return "This is a web page and no answer of the API: a proxy or firewall may stand in between. Check api_url, https_proxy and no_proxy.";
  }
  const byStatus = ADVICE_BY_STATUS[fault.status];
  if (byStatus !== undefined) return byStatus;
  if (fault.status >= 500) return "The server failed. Try again later.";
  if (fault.status >= 300 && fault.status < 400) {
    return "Redirects are not followed, because the key would go along to another host: set api_url to the address that serves the API itself.";
  }
  return "Compare the inputs with the action's documentation.";
}

/** What to do next when no answer came. */
export function adviceForNetwork(fault: NetworkFault): string {
  switch (fault.network) {
    case "refused":
    case "unresolved":
    case "unreachable":
    case "connect-timeout":
      return "Check api_url and the runner's way to it (network, DNS, firewall).";
    case "certificate":
      return "Check api_url; behind a proxy that opens TLS, give Node its certificate by NODE_EXTRA_CA_CERTS.";
    case "proxy":
      return "Check https_proxy and no_proxy.";
    case "handshake":
      return "Try again later. If it stays so, check that api_url serves https, and any proxy or firewall in between (https_proxy, no_proxy).";
    case "timeout":
      return "Try again, or give a longer request_timeout.";
    default:
      return "Try again later.";
  }
}

/** What to do about a replica that was created and does not serve. */
export const WHAT_NEXT = {
  boot: "Its page has the logs. If the source runs well, delete this one and name another node_id; an image that can't be pulled or a container that exits is for the app to mend.",
  gone: "It is not billed any more. Find out who deletes replicas (a ttl, another job, a person) before you run the step again.",
  late: "If it runs by the time you look, use it; if it boots slowly, give a longer wait_timeout; if it stays in the same phase, delete it and name another node_id.",
  unhealthy:
    "Call that path on its own URL, not on the app's, which another instance may answer. If it answers by now, use it and give a longer wait_timeout; if not, its page has the app's logs.",
  fellIll:
    "Its page has the app's logs of that moment. Call that path on its own URL, not on the app's, which another instance may answer: if it goes on failing from time to time, so will users' requests.",
} as const;
