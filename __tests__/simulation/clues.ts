/**
 * The facts that checks go by. A check whose fact no story shows any more has fallen silent, whatever the
 * reason: the campaign counts, and its test wants every one of them.
 */
import { eliminated, fitting, proven } from "./checks/adoption.ts";
import { isDelete, targetOf, wantsCleanup } from "./checks/cleanup.ts";
import { madeBy } from "./checks/deployments.ts";
import { toldOf } from "./checks/handover.ts";
import { fruitless, givenUp } from "./checks/haste.ts";
import { besideOf } from "./checks/together.ts";
import { isTtl } from "./checks/ttl.ts";
import { foundBy, isCut, leadsToApp, namesCandidates } from "./evidence.ts";
import { waitBegan } from "./moments.ts";
import { errorsOf, isPaying, printed, type Reading } from "./reading.ts";
import { looksAfter, searchesOf } from "./searches.ts";
import { PLAIN_WISH } from "./story.ts";
import type { Exchange } from "./wire.ts";

type Clue = (reading: Reading, readings: readonly Reading[]) => boolean;

const CLUES: Readonly<Record<string, Clue>> = {
  "a wait": (reading) => waitBegan(reading) !== null,
  "a deletion that is asked for again": ({ post }) => {
    const asked = post.exchanges.filter(isDelete).map(targetOf);
    return new Set(asked).size < asked.length;
  },
  "a replica given up at the end of its wait": (reading) => givenUp(reading).length > 0,
  "a replica without a URL, and a word": ({ main }) =>
    main.exitCode === 0 &&
    main.runner.entries.some(({ kind, text }) => kind === "warning" && text.includes("NO_URL")),
  "a replica whose health is not asked for want of a URL": ({ main }) =>
    main.runner.outputs.error_code === "NO_URL",
  "an instance id that the platform fills in": (reading) => learned(reading, "instance-id"),
  "an instance id from an event log": (reading) => learned(reading, "attestation"),
  "a key that two routes reject while waiting": ({ main, entries }) =>
    main.runner.outputs.error_code === "HTTP-401" &&
    entries.some(({ vm_uuid, outcome }) => vm_uuid !== null && outcome === "failed"),
  "a replica unlike what was asked for": ({ main }) =>
    main.runner.outputs.error_code === "MISMATCH",
  "a killed main that was told of a replica": (reading) =>
    reading.main.exitCode === null && toldOf(reading).length > 0,
  "a search that shows nothing": (reading) => fruitless(reading).length > 0,
  "a replica that main adopts": ({ slots }) => slots.some(({ adopted }) => adopted !== null),
  "two searches of one post": ({ post }) => searchesOf(post).length > 1,
  "a replica that post finds": ({ post }) => foundBy(post).length > 0,
  "a deletion that is refused as busy": ({ post }) =>
    post.exchanges.some(
      (one) => isDelete(one) && [400, 409, 423].includes(one.answer?.status ?? 0),
    ),
  "a ttl that is tried again beside the wait": ({ main }) => {
    const began = waitBegan({ main, wish: { ...PLAIN_WISH, wait: true } }) ?? Infinity;
    return main.exchanges.some((one) => isTtl(one) && one.from > began);
  },
  "a ttl of something found by elimination": (reading) => {
    const found = eliminated(reading);
    return reading.main.exchanges.some((one) => isTtl(one) && found.includes(targetOf(one)));
  },
  "a deletion of something found by elimination": (reading) => {
    const found = eliminated(reading);
    return reading.post.exchanges.some((one) => isDelete(one) && found.includes(targetOf(one)));
  },
  "a cleanup that leaves what is not proven": (reading) => {
    const proof = proven(reading);
    return wantsCleanup(reading) && eliminated(reading).some((uuid) => !proof.has(uuid));
  },
  "only what was there before is a reason for red": (reading) =>
    reading.main.exitCode === 1 &&
    reading.wish.cleanup === "on_failure" &&
    reading.made.length > 0 &&
    !wantsCleanup(reading),
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
      const looks = looksAfter(reading, slot.posts.at(-1) as Exchange);
      return fitting(reading, slot, looks)
        .flat()
        .some((uuid) => others.includes(uuid));
    });
  },
  "a replica with a name": ({ wish, made }) =>
    made.some(({ name }) => wish.names.includes(name.toLowerCase())),
  "a replica under another name than was asked for": ({ wish, made }) =>
    wish.names.length > 0 && made.some(({ name }) => !wish.names.includes(name.toLowerCase())),
  "a name that is there already": (reading) =>
    reading.wish.names.length > 0 && reading.entries.some(({ outcome }) => outcome === "existing"),
  "a name that is found after a lost answer": ({ wish, slots }) =>
    wish.names.length > 0 && slots.some(({ adopted }) => adopted !== null),
  "several names under way at a time": ({ wish, main }) => {
    const begun = main.exchanges.filter(isPaying).map(({ from }) => from);
    return wish.names.length > 0 && new Set(begun).size < begun.length;
  },
  "a named replica that post deletes": ({ wish, post }) =>
    wish.names.length > 0 && post.exchanges.some(isDelete),
  "a named replica that is prepared, then committed": ({ wish, made }) =>
    wish.names.length > 0 && wish.kind === "commit" && made.length > 0,
  "a named replica with a deployment": (reading) =>
    reading.wish.names.length > 0 && madeBy(reading).length > 0,
  ...Object.fromEntries(
    ["success", "failure", "error", "inactive"].map((state) => [
      `a deployment that ends as ${state}`,
      (reading: Reading) => madeBy(reading).some(({ states }) => states.at(-1) === state),
    ]),
  ),
  "an annotation that is cut": ({ main }) => errorsOf(main).some(isCut),
  "an annotation of post that is cut": ({ post }) => errorsOf(post).some(isCut),
  "a deployment that post finishes": ({ post }) =>
    post.github.some(({ answer }) => answer?.status === 201),
  "a deployment that GitHub refuses": ({ main }) =>
    main.github.some(({ answer }) => (answer?.status ?? 0) >= 400),
  "a deployment whose answer is lost": ({ main, show }) =>
    main.github.some(({ network }) => ["reset", "timeout", "cut-off"].includes(network ?? "")) &&
    show.github.deployments.length > 0,
};

/** The last that was asked before a replica's own URL was known, for one whose row lacks the id. */
function learned({ main, entries, show }: Reading, route: string): boolean {
  return entries.some(({ vm_uuid: uuid, instance_url: url }) => {
    const { plan } = show.sim.world.find(String(uuid)) ?? {};
    const sources = main.exchanges.filter(
      (one) =>
        ["instance-id", "attestation"].includes(one.route) &&
        one.request.url.includes(String(uuid)),
    );
    return plan?.instanceIdNull === true && url !== null && sources.at(-1)?.route === route;
  });
}

/** The names of all clues. */
export const ALL_CLUES: readonly string[] = Object.keys(CLUES);

/** The clues that a played run shows. @param readings all runs of its story */
export function cluesIn(reading: Reading, readings: readonly Reading[]): string[] {
  return Object.entries(CLUES)
    .filter(([, shows]) => shows(reading, readings))
    .map(([name]) => name);
}
