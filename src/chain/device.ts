import type { Rejected } from "./trouble.ts";

/**
 * Binds what was reviewed to what is approved: the device that an approval is for.
 *
 * @param reviewed the input `device_id`; null: not given
 * @param told the device that the 465 names; null: none
 * @returns the device, null for none; or that another one was reviewed. Digits lower-case, without `0x`
 */
export function boundDevice(
  reviewed: string | null,
  told: string | null,
): { readonly ok: true; readonly deviceId: string | null } | ({ readonly ok: false } & Rejected) {
  if (reviewed === null || told === null) return { ok: true, deviceId: reviewed ?? told };
  return reviewed === told
    ? { ok: true, deviceId: told }
    : { ok: false, why: "other-device", reviewed, told };
}
