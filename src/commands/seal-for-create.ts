import { askFor } from "../fleet/ask.ts";
import type { Survey } from "../fleet/look.ts";
import type { Context } from "../fleet/run.ts";
import { type Sealed, sealEnvsFor } from "../fleet/seal.ts";
import { droppedNames } from "../report/log/ending.ts";

/** As `sealEnvsFor`, for create. @returns the blob, masked already */
export function encryptEnvs(context: Context, { source }: Survey): Promise<Sealed> {
  const { edges, api, inputs } = context;
  const { envs, appId, vmUuid } = inputs;
  const { runner } = edges;
  return sealEnvsFor(
    {
      api,
      read: (doing, send) => askFor(context, doing, send),
      onDropped: (names) => runner.warning(droppedNames(names)),
      mask: (blob) => runner.mask(blob),
    },
    { envs, appId, vmUuid, source },
  );
}
