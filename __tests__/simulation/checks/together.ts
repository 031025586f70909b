/** Over all runs of a story, those at the same time included: whose replica is whose. */
import type { Reading } from "../reading.ts";
import { hiddenIn } from "../searches.ts";

export function* together(readings: readonly Reading[]): Generator<string> {
  const [first] = readings;
  if (first === undefined) return;
  const { world } = first.show.sim;
  const makers = (uuid: string) =>
    readings.filter(({ made }) => made.some(({ vmUuid }) => vmUuid === uuid)).length;
  for (const { origin, vmUuid } of world.cvms) {
    const count = makers(vmUuid);
    if (origin === "replica" && count !== 1) yield `${vmUuid} was made by ${count} runs`;
  }
  for (const { entries, made } of readings) {
    // A replica whose answer named it; what was taken for ours is `adopted`.
    for (const { outcome, vm_uuid } of entries) {
      if (typeof vm_uuid !== "string" || outcome !== "created") continue;
      if (!made.some(({ vmUuid }) => vmUuid === vm_uuid)) {
        yield `${vm_uuid} is said to be created by a run that did not make it`;
      }
    }
  }
  // What bore a name and is gone may be made again.
  if (readings.some(({ wish }) => wish.names.length > 0)) return;
  const asked = readings.reduce((sum, reading) => sum + (reading.asked ?? 0), 0);
  const made = readings.reduce(
    (sum, reading) => sum + reading.made.length - hiddenIn(reading).length,
    0,
  );
  if (made > asked) yield `${made} replicas made by all runs, ${asked} asked for`;
}

/** The run at the same time as this one; null: it was alone. */
export function besideOf(reading: Reading, readings: readonly Reading[]): Reading | null {
  const { startedAt } = reading.main;
  const { endedAt } = reading.post;
  const other = readings.find(
    (one) => one !== reading && one.main.startedAt < endedAt && one.post.endedAt > startedAt,
  );
  return other ?? null;
}
