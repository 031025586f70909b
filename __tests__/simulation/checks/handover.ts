/** What later steps get: at once, after a kill, and in the form that they read. */
import { jsonOf, vmOf } from "../facts.ts";
import { attemptsIn, isPaying, type Reading } from "../reading.ts";

export function* handover(reading: Reading): Generator<string> {
  const { main, made, entries } = reading;
  const { outputs } = main.runner;
  if (!Array.isArray(jsonOf(outputs.replicas ?? ""))) yield "replicas is no JSON array";
  const known = toldOf(reading);
  for (const uuid of known) {
    if (!entries.some((entry) => entry.vm_uuid === uuid)) yield `${uuid} was told, and not put out`;
  }
  const [first] = entries;
  // The single values speak of the first.
  if ((outputs.vm_uuid ?? "") !== (first?.vm_uuid ?? "")) yield "vm_uuid is not that of the first";
  if (main.exitCode === null) return;
  const kinds = main.runner.entries.map(({ kind }) => kind);
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
  if (count("group") !== count("endgroup")) yield "a group that stays open";
  const green = main.exitCode === 0 && made.length > 0 && outputs.outcome === "created";
  if (green && outputs.compose_hash !== (first?.compose_hash ?? "")) yield "no compose_hash";
}

/** UUIDs that an answer to a create told the process, and that its own state holds as made. */
export function toldOf({ main }: Reading): string[] {
  const mine = attemptsIn(main.runner.saved)
    .filter(({ stage }) => stage === "made")
    .map(({ vmUuid }) => vmUuid);
  return main.exchanges
    .filter((one) => isPaying(one) && one.answer !== null)
    .map((one) => vmOf(one).uuid)
    .filter((uuid) => uuid !== null && mine.includes(uuid)) as string[];
}
