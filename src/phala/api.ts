import {
  type AnswerFault,
  type Attempt,
  answerFault,
  type Fault,
  isNotFound,
  isPage,
  networkFault,
  serverTime,
  unreadable,
} from "../net/fault.ts";
import type { HttpAnswer, HttpRequest, Transport } from "../net/transport.ts";
import { isObject, numberAt, parseJson } from "../text/json.ts";
import { type Allowance, readAllowance } from "./allowance.ts";
import { type Approval, readApproval } from "./approval.ts";
import { type Approver, readApprover } from "./approver.ts";
import { APPROVAL_NEEDED, NOT_ALLOWED } from "./codes.ts";
import { type Cvm, readCvm } from "./cvm.ts";
import { type AttestedId, type Backfill, readAttestedId, readBackfill } from "./instance-id.ts";
import { type RootKey, readKmsId, readRootKey, readSignedKey, type SignedKey } from "./kms.ts";
import { type PhalaNode, readNodes } from "./nodes.ts";
import {
  appPath,
  type CommitRequest,
  type CreateRequest,
  commitParts,
  createParts,
  cvmPath,
  type InstanceRequest,
  instanceParts,
  kmsPath,
} from "./requests.ts";
import {
  envsParts,
  REVISIONS_A_PAGE,
  type RevisionPage,
  readRevisions,
  redeployParts,
  type UpdateAnswer,
} from "./revisions.ts";
import { type BootStatus, readBootStatuses } from "./status.ts";
import { readVm, type Vm } from "./vm.ts";

/** The API version that the shapes of this folder are written for (API facts, "API versions"). */
export const API_VERSION = "2026-01-21";
/** The version before it, whose `GET /cvms/{id}` is the only one to name the KMS (API facts, 5.2). */
const KMS_NAMING_VERSION = "2025-10-28";

export interface ApiSettings {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Deadline of one whole request in ms. */
  readonly timeoutMs: number;
  /** Takes secrets out of what the server says, before anything reads or cuts it. */
  readonly redact: (text: string) => string;
  /** The same for what will be printed: the reasons of failures. */
  readonly redactPrinted: (text: string) => string;
}

export type CreateAnswer =
  | { readonly kind: "created"; readonly vm: Vm }
  | { readonly kind: "approval"; readonly approval: Approval; readonly fault: AnswerFault }
  | { readonly kind: "failed"; readonly fault: Fault };

export interface CvmList {
  readonly cvms: readonly Cvm[];
  /** The server's clock when it answered, ms since the epoch; null where it does not say. */
  readonly serverTime: number | null;
}

/** A page of the workspace's CVMs, and how many pages there are. */
export interface CvmPage {
  readonly cvms: readonly Cvm[];
  readonly pages: number;
}

interface Options {
  readonly signal?: AbortSignal;
  /** Instead of the client's own, where that is longer. */
  readonly timeoutMs?: number;
}

/** The Phala Cloud API as typed calls. Each is one request: no retries, no log, and nothing thrown. */
export class PhalaClient {
  readonly #transport: Transport;
  readonly #settings: ApiSettings;

  constructor(transport: Transport, settings: ApiSettings) {
    this.#transport = transport;
    this.#settings = settings;
  }

  /** `POST /apps/{app_id}/cvms/{vm_uuid}/replicas` */
  async createReplica(request: CreateRequest, options: Options = {}): Promise<CreateAnswer> {
    const { path, headers, body } = createParts(request);
    return this.#creating(await this.#send("POST", path, options, body, headers));
  }

  /**
   * `POST /cvms/{cvm_id}/commit-replica`; the id is the source's. Answers like a create (API facts,
   * "Commit replica"; the official document leaves the answer open).
   */
  async commitReplica(request: CommitRequest, options: Options = {}): Promise<CreateAnswer> {
    const { path, body } = commitParts(request);
    return this.#creating(await this.#send("POST", path, options, body));
  }

  /** `POST /apps/{app_id}/instances`: a replica by name, both phases (API facts, 12). */
  async createInstance(request: InstanceRequest, options: Options = {}): Promise<CreateAnswer> {
    const { path, headers, body } = instanceParts(request);
    return this.#creating(await this.#send("POST", path, options, body, headers));
  }

  /** `GET /cvms/paginated`: one page of the workspace's CVMs, other apps included. @param page from 1 */
  async listWorkspace(page: number, options: Options = {}): Promise<Attempt<CvmPage>> {
    const path = `/cvms/paginated?page=${page}&page_size=100`;
    return this.#reading(await this.#send("GET", path, options), (value) => {
      if (!isObject(value) || !Array.isArray(value.items)) return null;
      const cvms = value.items.map(readCvm).filter((cvm) => cvm !== null);
      return { cvms, pages: numberAt(value, "pages") ?? 1 };
    });
  }

  /** `GET /apps/{app_id}/cvms`: all CVMs of the app, in one answer without pages. */
  async listCvms(appId: string, options: Options = {}): Promise<Attempt<CvmList>> {
    const answer = await this.#send("GET", `${appPath(appId)}/cvms`, options);
    return this.#reading(answer, (value, whole) => {
      if (!Array.isArray(value)) return null;
      const cvms = value.map(readCvm).filter((cvm) => cvm !== null);
      return { cvms, serverTime: serverTime(whole) };
    });
  }

  /** `GET /cvms/{cvm_id}` */
  async getCvm(vmUuid: string, options: Options = {}): Promise<Attempt<Cvm>> {
    return this.#reading(await this.#send("GET", cvmPath(vmUuid), options), readCvm);
  }

  /** The KMS of the CVM's app, as the KMS routes want it: its slug, or else its id. */
  async kmsOf(vmUuid: string, options: Options = {}): Promise<Attempt<string>> {
    const version = { "x-phala-version": KMS_NAMING_VERSION };
    const answer = await this.#send("GET", cvmPath(vmUuid), options, undefined, version);
    return this.#reading(answer, readKmsId);
  }

  /** `GET /kms/{kms_id}/pubkey/{app_id}`: the app's encryption key, signed by the KMS. */
  async appKey(kmsId: string, appId: string, options: Options = {}): Promise<Attempt<SignedKey>> {
    const path = `${kmsPath(kmsId)}/pubkey/${encodeURIComponent(appId)}`;
    return this.#reading(await this.#send("GET", path, options), readSignedKey);
  }

  /** `GET /kms/{kms_id}/info`: the KMS's root key. */
  async kmsRootKey(kmsId: string, options: Options = {}): Promise<Attempt<RootKey>> {
    return this.#reading(await this.#send("GET", `${kmsPath(kmsId)}/info`, options), readRootKey);
  }

  /** `GET /teepods/available`: the nodes that take CVMs. */
  async listNodes(options: Options = {}): Promise<Attempt<readonly PhalaNode[]>> {
    return this.#reading(await this.#send("GET", "/teepods/available", options), readNodes);
  }

  /** `POST /status/batch`: how far each CVM is, by dashed UUID, boot errors included. */
  async bootStatuses(
    vmUuids: readonly string[],
    options: Options = {},
  ): Promise<Attempt<ReadonlyMap<string, BootStatus>>> {
    const body = JSON.stringify({ vm_uuids: vmUuids });
    return this.#reading(
      await this.#send("POST", "/status/batch", options, body),
      readBootStatuses,
    );
  }

  /** `PATCH /cvms/{cvm_id}/instance-id`: has the platform find out an id that is missing, and store it. */
  async backfillInstanceId(vmUuid: string, options: Options = {}): Promise<Attempt<Backfill>> {
    // Its defaults, in so many words: what is there stays.
    const body = JSON.stringify({ overwrite: false, dry_run: false });
    const path = `${cvmPath(vmUuid)}/instance-id`;
    return this.#reading(await this.#send("PATCH", path, options, body), readBackfill);
  }

  /** `GET /cvms/{cvm_id}/attestation`: the instance id by the guest's own event log. */
  async attestedInstanceId(vmUuid: string, options: Options = {}): Promise<Attempt<AttestedId>> {
    const path = `${cvmPath(vmUuid)}/attestation`;
    return this.#reading(await this.#send("GET", path, options), readAttestedId);
  }

  /** `POST /apps/{app_id}/is-allowed`: whether the contract allows a revision on a device. Both 64 digits. */
  async isAllowed(
    appId: string,
    { composeHash, deviceId }: { readonly composeHash: string; readonly deviceId: string | null },
    options: Options = {},
  ): Promise<Attempt<Allowance>> {
    const device = deviceId === null ? {} : { device_id: deviceId };
    const body = JSON.stringify({ compose_hash: composeHash, ...device });
    const path = `${appPath(appId)}/is-allowed`;
    return this.#reading(await this.#send("POST", path, options, body), readAllowance);
  }

  /** `GET /apps/{app_id}/kms-info`: who can approve. */
  async approver(appId: string, options: Options = {}): Promise<Attempt<Approver>> {
    return this.#reading(
      await this.#send("GET", `${appPath(appId)}/kms-info`, options),
      readApprover,
    );
  }

  /** `GET /apps/{app_id}/revisions`, newest first. @param page from 1 */
  async listRevisions(
    appId: string,
    page: number,
    options: Options = {},
  ): Promise<Attempt<RevisionPage>> {
    const path = `${appPath(appId)}/revisions?page=${page}&page_size=${REVISIONS_A_PAGE}`;
    return this.#reading(await this.#send("GET", path, options), readRevisions);
  }

  /** Brings one CVM to a revision: see `redeployParts`. */
  async redeploy(
    revision: {
      readonly appId: string;
      readonly revisionId: string;
      readonly vmUuid: string;
      readonly transactionHash: string | null;
    },
    options: Options = {},
  ): Promise<UpdateAnswer> {
    const { appId, revisionId, vmUuid, transactionHash } = revision;
    const { path, body } = redeployParts(appId, revisionId, vmUuid, transactionHash);
    return this.#updating(await this.#send("POST", path, options, body));
  }

  /** Replaces one CVM's environment: see `envsParts`. */
  async replaceEnvs(
    vmUuid: string,
    encryptedEnv: string,
    options: Options = {},
  ): Promise<UpdateAnswer> {
    const { path, body } = envsParts(vmUuid, encryptedEnv);
    return this.#updating(await this.#send("PATCH", path, options, body));
  }

  /** `PATCH /cvms/{cvm_id}/scheduled-delete`. @param at ms since the epoch, by the server's clock */
  async scheduleDelete(vmUuid: string, at: number, options: Options = {}): Promise<Attempt<true>> {
    const body = JSON.stringify({ scheduled_delete_at: new Date(at).toISOString() });
    const path = `${cvmPath(vmUuid)}/scheduled-delete`;
    return this.#done(await this.#send("PATCH", path, options, body));
  }

  /** `DELETE /cvms/{cvm_id}`: starts the deletion; `unknown`: the API knows no such CVM (any more). */
  async deleteCvm(vmUuid: string, options: Options = {}): Promise<Attempt<"begun" | "unknown">> {
    const result = this.#done(await this.#send("DELETE", cvmPath(vmUuid), options));
    if (result.ok) return { ok: true, value: "begun" };
    const { fault } = result;
    return isNotFound(fault) ? { ok: true, value: "unknown" } : { ok: false, fault };
  }

  /** A create-like answer: a `VM`, a 465, or a failure. */
  #creating(answer: HttpAnswer | Fault): CreateAnswer {
    if ("kind" in answer) return { kind: "failed", fault: answer };
    if (answer.status === APPROVAL_NEEDED && answer.breaksOff) {
      return { kind: "failed", fault: unreadable(answer, "an answer that breaks off") };
    }
    if (answer.status === APPROVAL_NEEDED) {
      return { kind: "approval", approval: readApproval(answer.body), fault: this.#fault(answer) };
    }
    if (!isSuccess(answer)) return { kind: "failed", fault: this.#fault(answer) };
    const value = parseJson(answer.body);
    const vm = readVm(value, serverTime(answer));
    if (vm === null) return { kind: "failed", fault: unreadable(answer, problemOf(answer, value)) };
    return { kind: "created", vm };
  }

  /** The answer to an update. What its body says is known to nobody (API facts, "Revisions and roll-out"). */
  #updating(answer: HttpAnswer | Fault): UpdateAnswer {
    if (!("kind" in answer) && asksForApproval(answer) && !answer.breaksOff) {
      return { kind: "approval", approval: readApproval(answer.body), fault: this.#fault(answer) };
    }
    const done = this.#done(answer);
    return done.ok ? { kind: "accepted" } : { kind: "failed", fault: done.fault };
  }

  #done(answer: HttpAnswer | Fault): Attempt<true> {
    if ("kind" in answer) return { ok: false, fault: answer };
    if (!isSuccess(answer)) return { ok: false, fault: this.#fault(answer) };
    // Whatever the API may say to what it has done, a page is a proxy's.
    if (isPage(answer)) return { ok: false, fault: unreadable(answer, "a web page") };
    return { ok: true, value: true };
  }

  #reading<T>(
    answer: HttpAnswer | Fault,
    read: (value: unknown, answer: HttpAnswer) => T | null,
  ): Attempt<T> {
    if ("kind" in answer) return { ok: false, fault: answer };
    if (!isSuccess(answer)) return { ok: false, fault: this.#fault(answer) };
    const value = parseJson(answer.body);
    const found = read(value, answer);
    if (found !== null) return { ok: true, value: found };
    return { ok: false, fault: unreadable(answer, problemOf(answer, value)) };
  }

  #fault(answer: HttpAnswer): AnswerFault {
    return answerFault(answer, this.#settings.redactPrinted);
  }

  async #send(
    method: HttpRequest["method"],
    path: string,
    options: Options,
    body?: string,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer | Fault> {
    const { apiUrl, apiKey, timeoutMs, redact } = this.#settings;
    try {
      const answer = await this.#transport({
        method,
        url: apiUrl + path,
        headers: {
          accept: "application/json",
          "x-api-key": apiKey,
          "x-phala-version": API_VERSION,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...extra,
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: Math.min(timeoutMs, options.timeoutMs ?? timeoutMs),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const headers = Object.entries(answer.headers).map(([name, value]) => [name, redact(value)]);
      return { ...answer, headers: Object.fromEntries(headers), body: redact(answer.body) };
    } catch (error) {
      return networkFault(error, apiUrl);
    }
  }
}

function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function problemOf(answer: HttpAnswer, value: unknown): string {
  if (answer.body.trim() === "") return "an empty body";
  if (isPage(answer)) return "a web page";
  if (value === undefined) return "a body that is not JSON, or breaks off";
  if (isObject(value)) return "a JSON object without the fields that the API promises";
  return `JSON of another type (${Array.isArray(value) ? "array" : value === null ? "null" : typeof value})`;
}

/** Of an update: for "not on chain" one source says 465, another 468 (API facts, 9). */
function asksForApproval({ status }: HttpAnswer): boolean {
  return status === APPROVAL_NEEDED || status === NOT_ALLOWED;
}
