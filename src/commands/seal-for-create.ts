import type { Survey } from "../fleet/look.ts";
import { ask, type Context } from "../fleet/run.ts";
import { sealEnvsFor } from "../fleet/seal.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { type Failure, misfitFailure, requestFailure } from "../report/annotation/failure.ts";
import { droppedNames } from "../report/log/making.ts";
import { doingText } from "../report/words/doing.ts";
import { misfitText } from "../report/words/misfit.ts";

/** As `sealEnvsFor`, for create, in the words of its annotation. @returns the blob, masked already */
export async function encryptEnvs(
  { edges, api, inputs }: Context,
  { source }: Survey,
): Promise<
  { readonly ok: true; readonly blob: string } | { readonly ok: false; readonly failure: Failure }
> {
  const { envs, appId, vmUuid } = inputs;
  const { runner } = edges;
  const sealed = await sealEnvsFor(
    {
      api,
      read: (doing, send) => ask(edges, doingText(doing), send),
      onDropped: (names) => runner.warning(droppedNames(names)),
      mask: (blob) => runner.mask(blob),
    },
    { envs, appId, vmUuid, source },
  );
  return sealed.ok ? sealed : { ok: false, failure: sealFailure(sealed.trouble) };
}

function sealFailure(trouble: Trouble): Failure {
  if (trouble.kind === "request") {
    return requestFailure(doingText(trouble.doing), trouble.fault, trouble.gaveUp);
  }
  return misfitFailure(trouble.kind === "misfit" ? misfitText(trouble.misfit) : trouble.kind);
}
