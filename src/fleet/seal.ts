import { namesNotAllowed } from "../envs/allowed.ts";
import type { Persisted } from "../net/persist.ts";
import type { Cvm } from "../phala/cvm.ts";
import { isOnChain } from "../phala/cvm.ts";
import { type Failure, misfitFailure, requestFailure } from "../report/annotation/failure.ts";
import { droppedNames } from "../report/log/making.ts";
import { fieldOf, objectAt, stringAt } from "../text/json.ts";
import type { Survey } from "./look.ts";
import { ask, type Context } from "./run.ts";

/** Ends the encryption; the message is the annotation's. */
class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.failure = failure;
  }
}

/**
 * Encrypts `envs` for the key that the app really has, in memory. Whatever is doubtful about that key is
 * fatal, since the variables would then be readable for someone else.
 *
 * @returns the blob for `encrypted_env`, masked already
 */
export async function encryptEnvs(
  context: Context,
  { source }: Survey,
): Promise<
  { readonly ok: true; readonly blob: string } | { readonly ok: false; readonly failure: Failure }
> {
  try {
    return { ok: true, blob: await seal(context, source) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, failure: error.failure };
    throw error;
  }
}

async function seal(context: Context, source: Cvm | null): Promise<string> {
  const { edges, inputs, api } = context;
  const what = "read the app's encryption key";
  // The list has no compose file, which tells the names that the guest accepts.
  const detail = await ask(context.edges, what, (options) => api.getCvm(inputs.vmUuid, options));
  const cvm = detail.ok ? detail.value : source;
  if (cvm === null) throw refusalOf(what, detail);
  const key = await recipientKey(context, [cvm, source ?? cvm], what);
  const dropped = namesNotAllowed(inputs.envs, fieldOf(cvm.raw, "compose_file"));
  if (dropped.length > 0) edges.runner.warning(droppedNames(dropped));
  // The cryptography sits in a chunk of its own: runs without envs don't load it.
  const { sealEnvs, SealError } = await import("../envs/seal.ts");
  try {
    const blob = sealEnvs(inputs.envs, key);
    edges.runner.mask(blob);
    return blob;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new Refusal(misfitFailure(`envs: ${error.message}.`));
  }
}

/** The app's X25519 key, hex: from the CVM for Phala's own KMS, from the KMS itself for an on-chain one. */
async function recipientKey(
  context: Context,
  [cvm, listed]: readonly [Cvm, Cvm],
  what: string,
): Promise<string> {
  const looks = [isOnChain(cvm), isOnChain(listed)];
  // One look that says on-chain is enough: a single swapped answer must not turn the signature's check off.
  const onChain = looks.includes(true) ? true : looks.includes(false) ? false : null;
  if (onChain === null) {
    throw new Refusal(misfitFailure("envs: the API does not tell which KMS the app has."));
  }
  if (onChain) return verifiedKey(context, cvm, what);
  const key =
    stringAt(objectAt(cvm.raw, "kms_info"), "encrypted_env_pubkey") ??
    stringAt(cvm.raw, "encrypted_env_pubkey");
  if (key === null) {
    throw new Refusal(misfitFailure("envs: the API does not tell the app's encryption key."));
  }
  return key;
}

async function verifiedKey(context: Context, cvm: Cvm, what: string): Promise<string> {
  const { api, inputs } = context;
  const kmsId = granted(
    what,
    await ask(context.edges, what, (options) => api.kmsOf(inputs.vmUuid, options)),
  );
  const known = stringAt(objectAt(cvm.raw, "kms_info"), "k256_pubkey");
  const [signed, rootKey] = await Promise.all([
    ask(context.edges, what, (options) => api.appKey(kmsId, inputs.appId, options)),
    known === null
      ? ask(context.edges, what, (options) => api.kmsRootKey(kmsId, options))
      : okay({ key: known, disowned: false }),
  ]);
  const root = granted("read the KMS's root key", rootKey);
  if (root.disowned) throw untrusted("the chain names another root key than the KMS itself");
  const { publicKey, signature } = granted(what, signed);
  const { verifyKeySignature, KeySignatureError } = await import("../envs/signature.ts");
  try {
    verifyKeySignature({
      publicKeyHex: publicKey,
      signatureHex: signature,
      appIdHex: inputs.appId,
      rootKeyHex: root.key,
    });
  } catch (error) {
    if (!(error instanceof KeySignatureError)) throw error;
    throw untrusted(error.message);
  }
  return publicKey;
}

function untrusted(why: string): Refusal {
  return new Refusal(
    misfitFailure(
      `envs: the app's encryption key can't be trusted (${why}), so nothing was encrypted or sent. Someone may be in between: check api_url, and report it.`,
    ),
  );
}

function okay<T>(value: T): Persisted<T> {
  return { ok: true, value };
}

function granted<T>(what: string, result: Persisted<T>): T {
  if (result.ok) return result.value;
  throw refusalOf(what, result);
}

function refusalOf(what: string, result: Persisted<unknown>): Refusal {
  if (result.ok) return new Refusal(misfitFailure(`Could not ${what}.`));
  return new Refusal(requestFailure(what, result.fault, result.gaveUp));
}
