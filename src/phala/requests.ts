/** What the create-like requests consist of, apart from their sending: also what a dry run shows. */

/** One create request: what was given, and nothing else. */
export interface CreateRequest {
  readonly appId: string;
  readonly vmUuid: string;
  readonly body: Readonly<Record<string, string | number>>;
  readonly prepareOnly: boolean;
}

export interface CommitRequest {
  /** The source CVM. */
  readonly vmUuid: string;
  readonly token: string;
  readonly composeHash: string | null;
  readonly transactionHash: string;
}

/** One request for a named instance, of either phase: what was given, and nothing else. */
export interface InstanceRequest {
  readonly appId: string;
  readonly body: Readonly<Record<string, string | number>>;
  readonly prepareOnly: boolean;
}

/** A request as it goes out, except the key. */
export interface RequestParts {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** `POST /apps/{app_id}/cvms/{vm_uuid}/replicas` */
export function createParts({ appId, vmUuid, body, prepareOnly }: CreateRequest): RequestParts {
  return {
    path: `${appPath(appId)}/cvms/${encodeURIComponent(vmUuid)}/replicas`,
    headers: prepareOnly ? { "x-prepare-only": "true" } : {},
    body: Object.keys(body).length === 0 ? undefined : JSON.stringify(body),
  };
}

/** `POST /cvms/{cvm_id}/commit-replica`; the id is the source's. */
export function commitParts(request: CommitRequest): RequestParts {
  const { vmUuid, token, composeHash, transactionHash } = request;
  const body = {
    token,
    ...(composeHash === null ? {} : { compose_hash: composeHash }),
    transaction_hash: transactionHash,
  };
  return { path: `${cvmPath(vmUuid)}/commit-replica`, headers: {}, body: JSON.stringify(body) };
}

/** `POST /apps/{app_id}/instances`, whether it creates or commits (API facts, 12). */
export function instanceParts({ appId, body, prepareOnly }: InstanceRequest): RequestParts {
  return {
    path: `${appPath(appId)}/instances`,
    headers: prepareOnly ? { "x-prepare-only": "true" } : {},
    body: JSON.stringify(body),
  };
}

export function appPath(appId: string): string {
  return `/apps/${encodeURIComponent(appId)}`;
}

export function cvmPath(vmUuid: string): string {
  return `/cvms/${encodeURIComponent(vmUuid)}`;
}

export function kmsPath(kmsId: string): string {
  return `/kms/${encodeURIComponent(kmsId)}`;
}
