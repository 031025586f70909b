import type { Context } from "./route.ts";
import { basicInfo } from "./shapes-2025-10-28.ts";
import { cvmInfo } from "./shapes-2026-01-21.ts";
import { kmsType } from "./shapes-kms.ts";
import type { Cvm } from "./types.ts";
import { isoTime } from "./urls.ts";
import { isFlat } from "./version.ts";

/** An app's CVMs, and the one that stands for it. */
export interface AppCvms {
  readonly current: Cvm | undefined;
  readonly cvms: readonly Cvm[];
}

/** An app alone (OpenAPI `DstackAppFullResponse`): with all of its CVMs. */
export function appShape(
  context: Context,
  appId: string,
  { current, cvms }: AppCvms,
): Record<string, unknown> {
  const { world, version } = context;
  const item = (cvm: Cvm): Record<string, unknown> =>
    isFlat(version) ? basicInfo(world, cvm) : cvmInfo(world, cvm, version);
  const oldest = cvms.at(-1);
  return {
    id: `prj_${appId.slice(0, 8)}`,
    name: appId === world.appId ? "web" : "other-app",
    app_id: appId,
    app_provision_type: null,
    app_icon_url: null,
    created_at: isoTime(world, oldest?.createdAt ?? world.now()),
    kms_type: kmsType(world),
    profile: null,
    current_cvm: current === undefined ? null : item(current),
    cvms: cvms.map(item),
    cvm_count: cvms.length,
  };
}

/** An app in a list: replicas may be hidden there, and so may be all but its id (API facts, section 19). */
export function appRow(context: Context, appId: string, found: AppCvms): Record<string, unknown> {
  const whole = appShape(context, appId, found);
  switch (context.world.settings.appRows) {
    case "full":
      return whole;
    case "current":
      return { ...whole, cvms: [] };
    case "minimal":
      return Object.fromEntries(
        Object.keys(whole).map((key) => [key, key === "app_id" ? appId : null]),
      );
  }
}
