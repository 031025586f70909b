/**
 * The facts that checks go by. A check whose fact no story shows any more has fallen silent, whatever the
 * reason: the campaign counts, and its test wants every one of them.
 */
import { fitting } from "./checks/adoption.ts";
import { isDelete, targetOf } from "./checks/cleanup.ts";
import { madeBy } from "./checks/deployments.ts";
import { toldOf } from "./checks/handover.ts";
import { fruitless, givenUp } from "./checks/haste.ts";
import { besideOf } from "./checks/together.ts";
import { foundBy, leadsToApp, namesCandidates } from "./evidence.ts";
import { waitBegan } from "./moments.ts";
import { errorsOf, following, printed, type Reading } from "./reading.ts";
import { searchesOf } from "./searches.ts";
import type { Exchange } from "./wire.ts";

const isNoLook = ({ route }: Exchange) => route !== "list";

type Clue = (reading: Reading, readings: readonly Reading[]) => boolean;

const CLUES: Readonly<Record<string, Clue>> = {
  "a wait": (reading) => waitBegan(reading) !== null,
  "a deletion that is asked for again": ({ post }) => {
    const asked = post.exchanges.filter(isDelete).map(targetOf);
    return new Set(asked).size < asked.length;
  },
  "a replica given up at the end of its wait": (reading) => givenUp(reading).length > 0,
  "a killed main that was told of a replica": (reading) =>
    reading.main.exitCode === null && toldOf(reading).length > 0,
  "a search that shows nothing": (reading) => fruitless(reading).length > 0,
  "a replica that main adopts": ({ slots }) => slots.some(({ adopted }) => adopted !== null),
  "two searches of one post": ({ post }) => searchesOf(post).length > 1,
  "a replica that post finds": ({ post }) => foundBy(post).length > 0,
  "main's error leads to the app": (reading) =>
    errorsOf(reading.main).some((text) => leadsToApp(reading, text)),
  "post's error leads to the app": (reading) =>
    errorsOf(reading.post).some((text) => leadsToApp(reading, text)),
  "post leads to the app without an error": (reading) =>
    reading.post.exitCode === 0 && leadsToApp(reading, printed(reading.post)),
  "main's error names candidates": (reading) =>
    errorsOf(reading.main).some((text) => namesCandidates(reading, text)),
  "post's error names candidates": (reading) =>
    errorsOf(reading.post).some((text) => namesCandidates(reading, text)),
  "two jobs at once that both make replicas": (reading, readings) =>
    reading.made.length > 0 && (besideOf(reading, readings)?.made.length ?? 0) > 0,
  "a search that shows what the other job made": (reading, readings) => {
    const others = besideOf(reading, readings)?.made.map(({ vmUuid }) => vmUuid) ?? [];
    return reading.slots.some((slot) => {
      const looks = following(reading.main, slot.posts.at(-1) as Exchange, isNoLook);
      return fitting(reading, slot, looks)
        .flat()
        .some((uuid) => others.includes(uuid));
    });
  },
  ...Object.fromEntries(
    ["success", "failure", "error", "inactive"].map((state) => [
      `a deployment that ends as ${state}`,
      (reading: Reading) => madeBy(reading).some(({ states }) => states.at(-1) === state),
    ]),
  ),
  "a deployment that post finishes": ({ post }) =>
    post.github.some(({ answer }) => answer?.status === 201),
  "a deployment that GitHub refuses": ({ main }) =>
    main.github.some(({ answer }) => (answer?.status ?? 0) >= 400),
  "a deployment whose answer is lost": ({ main, show }) =>
    main.github.some(({ network }) => ["reset", "timeout", "cut-off"].includes(network ?? "")) &&
    show.github.deployments.length > 0,
};

/** The names of all clues. */
export const ALL_CLUES: readonly string[] = Object.keys(CLUES);

/** The clues that a played run shows. @param readings all runs of its story */
export function cluesIn(reading: Reading, readings: readonly Reading[]): string[] {
  return Object.entries(CLUES)
    .filter(([, shows]) => shows(reading, readings))
    .map(([name]) => name);
}
