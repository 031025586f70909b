/** Lists that name one twice, another app's, or leave one out for a while; what they hide, its own route tells. */
import type { Fault, FaultKind } from "../../../simulator/core.ts";
import type { Row } from "./campaign-rows.ts";
import type { Dice } from "./campaign-story.ts";
import { THIRD } from "./campaign-strangers.ts";

/** What the lists of some time tell wrongly. */
export interface Slip {
  readonly what: "hides" | "hides-all" | "twice" | "twice-otherwise" | "other-app";
  /** From when on, and for how long; ms after the start. */
  readonly fromMs: number;
  readonly forMs: number;
  /** Which of the rows. */
  readonly pick: number;
}

export function slipsOf(dice: Dice): readonly Slip[] {
  if (!dice.chance(0.2)) return [];
  return Array.from({ length: dice.from(1, 2) }, () => ({
    what: dice.one(["hides", "hides", "hides-all", "twice", "twice-otherwise", "other-app"]),
    fromMs: dice.one([0, dice.from(1, 400) * 1_000]),
    forMs: dice.from(5, 120) * 1_000,
    pick: dice.below(100),
  }));
}

const SILENCES: readonly FaultKind[] = [
  { kind: "status", when: "before", status: 500 },
  { kind: "status", when: "before", status: 404, body: "<html>not here</html>" },
  { kind: "drop", when: "before" },
  { kind: "garbage", form: "html" },
];

/** Its own route does not tell either, for some looks. */
export function silencesOf(dice: Dice): readonly Fault[] {
  if (!dice.chance(0.3)) return [];
  const nth = dice.from(1, 6);
  return [{ route: "cvm", nth, times: dice.from(1, 6), ...dice.one(SILENCES) }];
}

/**
 * What a list tells instead, and what of it can be believed.
 *
 * @param first it is the first of a run, which chooses by it: what that does not show is not brought along
 */
export function slipped(
  rows: readonly Row[],
  slips: readonly Slip[],
  { at, first }: { readonly at: number; readonly first: boolean },
): { readonly told: readonly Row[]; readonly sure: readonly Row[] } {
  let [told, sure] = [rows, rows];
  for (const { what, fromMs, forMs, pick } of slips) {
    const one = rows[pick % Math.max(1, rows.length)];
    if (one === undefined || at < fromMs || at >= fromMs + forMs) continue;
    const without = (list: readonly Row[]) => list.filter((row) => row.vm_uuid !== one.vm_uuid);
    if (what === "twice") told = [...told, one];
    else if (what === "other-app") told = [...told, elsewhere(one)];
    else if (what === "twice-otherwise") {
      told = [...told, { ...one, status: "error", compose_hash: THIRD }];
      sure = without(sure);
    } else if (!first) {
      told = what === "hides" ? without(told) : [];
      sure = what === "hides" ? without(sure) : [];
    }
  }
  return { told, sure };
}

function elsewhere(row: Row): Row {
  const other = { app_id: "0e".repeat(20), vm_uuid: "0e0e0e0e-0000-4000-8000-000000000000" };
  return { ...row, ...other, status: "running", compose_hash: THIRD };
}
