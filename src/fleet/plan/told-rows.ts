/** What a rollout takes from the app's list. Pure. */
import { type Cvm, cvmKey } from "../../phala/cvm.ts";
import { ownRows } from "./still-meant.ts";

export interface ToldRows {
  /** The app's own, each CVM once. */
  readonly rows: readonly Cvm[];
  /** UUIDs of which it tells two things that can't both be right: which of them is, their own route says. */
  readonly disputed: readonly string[];
}

/**
 * A list may name a CVM twice, or another app's. Taken along twice, one would be updated twice; taken from the wrong
 * one of two rows, one that serves would count as away already.
 */
export function toldRows(cvms: readonly Cvm[], appId: string): ToldRows {
  const words = new Map<string, string>();
  const disputed = new Set<string>();
  for (const cvm of cvms) {
    const key = cvmKey(cvm);
    const told = wordsOf(cvm);
    if (cvm.vmUuid !== null && (words.get(key) ?? told) !== told) disputed.add(cvm.vmUuid);
    words.set(key, told);
  }
  const rows = ownRows(cvms, appId).filter(({ vmUuid }) => !disputed.has(vmUuid ?? ""));
  return { rows, disputed: [...disputed] };
}

/** All that a rollout decides by. */
function wordsOf({ name, appId, status, inProgress, composeHash, deleted, raw }: Cvm): string {
  return JSON.stringify([name, appId, status, inProgress, composeHash, deleted, raw.progress]);
}
