import { namesNotAllowed } from "../envs/allowed.ts";
import type { EnvPair } from "../envs/limits.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Doing, Misfit, Trouble } from "../ledger/trouble.ts";
import type { Persisted } from "../net/persist.ts";
import type { PhalaClient } from "../phala/api.ts";
import { type Cvm, isOnChain } from "../phala/cvm.ts";
import { fieldOf, objectAt, stringAt } from "../text/json.ts";
import type { Send } from "./ask.ts";

/** Ends the encryption. */
class Refusal extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.kind);
    this.trouble = trouble;
  }
}

/** How what is needed is read, and what is told. */
export interface Sealer {
  readonly api: PhalaClient;
  readonly read: <T>(doing: Doing, send: Send<T>) => Promise<Persisted<T>>;
  /** Told the names that the guest will not take. */
  readonly onDropped: (names: readonly string[]) => void;
  readonly mask: (blob: string) => void;
}

/** What is to be sealed, and for whom. */
export interface Sealing {
  readonly envs: readonly EnvPair[];
  readonly appId: string;
  /** A CVM of the app, which tells the app's key. */
  readonly vmUuid: string;
  /** Its row, as far as it is known. */
  readonly source: Cvm | null;
}

export type Sealed =
  | { readonly ok: true; readonly blob: string }
  | { readonly ok: false; readonly trouble: Trouble };

/**
 * Encrypts `envs` for the key that the app really has, in memory. Whatever is doubtful about that key is
 * fatal, since the variables would then be readable for someone else.
 *
 * @returns the blob for `encrypted_env`, masked already
 */
export async function sealEnvsFor(sealer: Sealer, sealing: Sealing): Promise<Sealed> {
  try {
    return { ok: true, blob: await seal(sealer, sealing) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, trouble: error.trouble };
    throw error;
  }
}

const READ_KEY = { do: "read-key" } as const;

async function seal(sealer: Sealer, { envs, appId, vmUuid, source }: Sealing): Promise<string> {
  const { api, read } = sealer;
  // The list has no compose file, which tells the names that the guest accepts.
  const detail = await read(READ_KEY, (options) => api.getCvm(vmUuid, options));
  const cvm = detail.ok ? detail.value : source;
  if (cvm === null) throw refusalOf(READ_KEY, detail);
  const key = await recipientKey(sealer, [cvm, source ?? cvm], { appId, vmUuid });
  const dropped = namesNotAllowed(envs, fieldOf(cvm.raw, "compose_file"));
  if (dropped.length > 0) sealer.onDropped(dropped);
  // The cryptography sits in a chunk of its own: runs without envs don't load it.
  const { sealEnvs, SealError } = await import("../envs/seal.ts");
  try {
    const blob = sealEnvs(envs, key);
    sealer.mask(blob);
    return blob;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw unfit("key-unusable", error.message);
  }
}

interface Ids {
  readonly appId: string;
  readonly vmUuid: string;
}

/** The app's X25519 key, hex: from the CVM for Phala's own KMS, from the KMS itself for an on-chain one. */
async function recipientKey(
  sealer: Sealer,
  [cvm, listed]: readonly [Cvm, Cvm],
  ids: Ids,
): Promise<string> {
  const looks = [isOnChain(cvm), isOnChain(listed)];
  // One look that says on-chain is enough: a single swapped answer must not turn the signature's check off.
  const onChain = looks.includes(true) ? true : looks.includes(false) ? false : null;
  if (onChain === null) throw unfit("kms-not-told");
  if (onChain) return verifiedKey(sealer, cvm, ids);
  const key =
    stringAt(objectAt(cvm.raw, "kms_info"), "encrypted_env_pubkey") ??
    stringAt(cvm.raw, "encrypted_env_pubkey");
  if (key === null) throw unfit("key-not-told");
  return key;
}

async function verifiedKey({ api, read }: Sealer, cvm: Cvm, { appId, vmUuid }: Ids) {
  const kmsId = granted(READ_KEY, await read(READ_KEY, (options) => api.kmsOf(vmUuid, options)));
  const known = stringAt(objectAt(cvm.raw, "kms_info"), "k256_pubkey");
  const [signed, rootKey] = await Promise.all([
    read(READ_KEY, (options) => api.appKey(kmsId, appId, options)),
    known === null
      ? read(READ_KEY, (options) => api.kmsRootKey(kmsId, options))
      : okay({ key: known, disowned: false }),
  ]);
  const root = granted({ do: "read-root-key" }, rootKey);
  if (root.disowned) throw unfit("key-disowned");
  const { publicKey, signature } = granted(READ_KEY, signed);
  const { verifyKeySignature, KeySignatureError } = await import("../envs/signature.ts");
  try {
    verifyKeySignature({
      publicKeyHex: publicKey,
      signatureHex: signature,
      appIdHex: appId,
      rootKeyHex: root.key,
    });
  } catch (error) {
    if (!(error instanceof KeySignatureError)) throw error;
    throw unfit("key-unsigned", error.message);
  }
  return publicKey;
}

type EnvsMisfit = Extract<Misfit, { input: "envs" }>;

function unfit(why: EnvsMisfit["why"], detail: string | null = null): Refusal {
  return new Refusal({ kind: "misfit", misfit: { input: "envs", why, detail } });
}

function okay<T>(value: T): Persisted<T> {
  return { ok: true, value };
}

function granted<T>(doing: Doing, result: Persisted<T>): T {
  if (result.ok) return result.value;
  throw refusalOf(doing, result);
}

function refusalOf(doing: Doing, result: Persisted<unknown>): Refusal {
  if (result.ok) return unfit("key-not-told");
  return new Refusal(requestFailed(doing, result));
}
