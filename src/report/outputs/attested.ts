/** The output `report` of verified instances. */
import type { Attested } from "../../ledger/attested.ts";
import { cut } from "../../text/cut.ts";
import { shortened } from "../words/attested.ts";

/** The longest report, in characters. */
export const MAX_REPORT = 60_000;

/** What stands for entries that there was no room for. */
interface LeftOut {
  readonly left_out: number;
}

/**
 * The `report` output. Where it would be too long, texts of checks that hold are cut, then these checks left out,
 * then all but the verdict; what is cut says so.
 *
 * @returns JSON of `MAX_REPORT` characters at most
 */
export function report(entries: readonly Attested[]): string {
  for (const shorten of [
    (entry: Attested) => entry,
    withShortTexts,
    withFailuresOnly,
    withVerdictOnly,
  ]) {
    const text = JSON.stringify(entries.map(shorten));
    if (text.length <= MAX_REPORT) return text;
  }
  const list: (Attested | LeftOut)[] = [];
  let room = MAX_REPORT - JSON.stringify([{ left_out: entries.length }]).length;
  // Those that failed first: they are why somebody reads it.
  for (const entry of [...entries].sort((a, b) => Number(a.verified) - Number(b.verified))) {
    const short = withVerdictOnly(entry);
    const length = JSON.stringify(short).length + 1;
    if (length > room) continue;
    room -= length;
    list.push(short);
  }
  return JSON.stringify([...list, { left_out: entries.length - list.length }]);
}

function withShortTexts(entry: Attested): Attested {
  const checks = entry.checks.map((one) =>
    one.ok ? { ...one, expected: shortened(one.expected), seen: shortened(one.seen) } : one,
  );
  return { ...entry, checks, cut: true };
}

function withFailuresOnly(entry: Attested): Attested {
  return { ...entry, checks: entry.checks.filter(({ ok }) => !ok), cut: true };
}

function withVerdictOnly(entry: Attested): Attested {
  const failed = entry.checks.filter(({ ok }) => !ok);
  const checks = failed.map((one) => ({
    ...one,
    expected: shortened(one.expected),
    seen: shortened(one.seen),
  }));
  const nothing = { measurements: null, unpinned_images: null, allowed_envs: null };
  const name = entry.name === null ? null : cut(entry.name, 63);
  return {
    ...entry,
    ...nothing,
    name,
    advisories: entry.advisories.slice(0, 5),
    checks,
    cut: true,
  };
}
