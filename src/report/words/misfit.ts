/** Inputs that don't fit what the API knows, in words. */
import type { Misfit } from "../../ledger/trouble.ts";

type EnvsMisfit = Extract<Misfit, { input: "envs" }>;

/** A sentence that begins with the input's name. */
export function misfitText(misfit: Misfit): string {
  if (misfit.input !== "envs") return `${misfit.input} does not fit the app.`;
  return `envs: ${envsText(misfit)}`;
}

function envsText({ why, detail }: EnvsMisfit): string {
  switch (why) {
    case "kms-not-told":
      return "the API does not tell which KMS the app has.";
    case "key-not-told":
      return "the API does not tell the app's encryption key.";
    case "key-disowned":
      return untrusted("the chain names another root key than the KMS itself");
    case "key-unsigned":
      return untrusted(detail ?? "it is not signed");
    case "key-unusable":
      return `${detail ?? "the app's encryption key can't be used"}.`;
  }
}

function untrusted(why: string): string {
  return `the app's encryption key can't be trusted (${why}), so nothing was encrypted or sent. Someone may be in between: check api_url, and report it.`;
}
