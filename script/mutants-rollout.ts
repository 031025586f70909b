/** Planted defects in what a rollout takes along, in which order, how many at a time, and when it is over. */
import { type Mutant, mutant } from "./mutant.ts";

const STEP = "fleet/plan/next-step.ts";
const SEND = "fleet/update/send.ts";
const COURSE = "fleet/plan/update-course.ts";
/** Every world of up to three instances. */
const WORLDS = ["__tests__/fleet/next-step.test.ts"];
const DRAWN = ["__tests__/commands/rollout/campaign.test.ts"];
/** In simulated time: a process would run the bundle, which has no defect planted. */
const CASES = [
  "__tests__/commands/rollout/rollout.test.ts",
  "--testNamePattern=^(?!.*as a process)",
];
const LAPSES = ["__tests__/commands/rollout/source-lapses.test.ts"];
const PARTS = ["__tests__/commands/rollout/parts.test.ts"];

export const ROLLOUT_MUTANTS: readonly Mutant[] = [
  mutant(
    "takes one more away than may be",
    STEP,
    "return missed.length < world.maxUnavailable;",
    "return missed.length <= world.maxUnavailable;",
    WORLDS,
  ),
  mutant(
    "what somebody else takes away does not count",
    STEP,
    "? others.filter(isAway)\n",
    "? others.filter(isMoving)\n",
    WORLDS,
  ),
  mutant(
    "a sick one blocks itself",
    STEP,
    "return !member.parked && member.serves && !member.busy;",
    "return !member.parked && !member.busy;",
    WORLDS,
  ),
  mutant(
    "goes on after a failure",
    STEP,
    'return moving ? LOOK : end("stopped");',
    'if (moving || next === undefined) return moving ? LOOK : end("stopped");',
    WORLDS,
  ),
  mutant(
    "goes back in the order in which it came, not the other way round",
    STEP,
    "members.filter(isToGoBack).sort(sickThen((a, b) => oldestFirst(b, a)))",
    "members.filter(isToGoBack).sort(sickThen(oldestFirst))",
    WORLDS,
  ),
  mutant(
    "brings back what it has not changed",
    STEP,
    'return returns && (ours === "done" || ours === "failed");',
    'return ours === "done" || ours === "failed";',
    [...CASES, ...WORLDS],
  ),
  mutant(
    "is done while one of its own has crashed",
    STEP,
    'if (ours === "done") return busy || !(serves || parked);',
    'if (ours === "done") return busy;',
    [...CASES, ...WORLDS],
  ),
  mutant(
    "sends again to what somebody took the room of",
    STEP,
    "return others.filter(isAway).length < world.maxUnavailable;",
    "return others.length >= 0 && world.maxUnavailable > 0;",
    WORLDS,
  ),
  mutant(
    "rounds a share of those selected up",
    "fleet/plan/rollout-size.ts",
    "Math.floor((count * share.percent) / 100)",
    "Math.ceil((count * share.percent) / 100)",
    WORLDS,
  ),
  mutant(
    "believes the new revision in a row before the guest boots it",
    COURSE,
    "const begun = away || acceptedAt === null || now - acceptedAt >= queueMs;",
    "const begun = away || acceptedAt === null || now - acceptedAt >= 0;",
    [...CASES, ...PARTS],
  ),
  mutant(
    "takes the old guest of a source for the new one, while its update waits in the queue",
    COURSE,
    ": { ...course, queueMs: QUEUE_MS };",
    ": course;",
    ["__tests__/commands/rollout/fresh-source.test.ts"],
  ),
  mutant("believes a single look", COURSE, "const LOOKS = 2;", "const LOOKS = 1;", [
    ...CASES,
    ...PARTS,
  ]),
  mutant(
    "takes what is stopped along, whatever was asked for",
    "fleet/plan/select-rollout.ts",
    'return exact ? null : "stopped";',
    'return exact || !isStopping(status) ? "stopped" : null;',
    [...CASES, ...PARTS],
  ),
  mutant(
    "sends a lost update again at once",
    SEND,
    'if (verdict === "lost") {',
    'if (verdict === "lost" && now < 0) {',
    [...CASES, ...DRAWN],
  ),
  mutant(
    "asks again after a final no",
    SEND,
    'if (verdict === "final") {',
    'if (verdict === "final" && under.tries > 1) {',
    [...CASES, ...DRAWN],
  ),
  mutant(
    "calls a rollout that failed in part done",
    "commands/judge-rollout.ts",
    "if (first !== null) return red(outcomeOf(replicas), first);",
    "if (first !== null && replicas.length === 0) return red(outcomeOf(replicas), first);",
    [...CASES, ...DRAWN],
  ),
  mutant(
    "touches something although the source has ceased to serve",
    "fleet/update/roll-out.ts",
    "if (this.#untouched && this.#source?.fit === false)",
    "if (this.#untouched && this.#source?.gone === true)",
    LAPSES,
  ),
  mutant(
    "sets back what somebody deploys to the source",
    "fleet/update/watch.ts",
    "if (one.strayed < LOOKS_WITHOUT) return;",
    "if (one.strayed < 1_000) return;",
    LAPSES,
  ),
  mutant(
    "takes another one away beside one whose update waits in the queue",
    "fleet/update/instance.ts",
    "|| this.queued !== null,",
    "|| this.queued?.away === true,",
    ["__tests__/commands/rollout/queued.test.ts"],
  ),
  mutant(
    "waits for three minutes though the guest shows that the update is through",
    "fleet/update/looks.ts",
    "one.queued &&= judgeGuest(one.queued, now - up - 1_000);",
    "one.queued &&= judgeGuest(one.queued, 0);",
    ["__tests__/commands/rollout/queued.test.ts"],
  ),
  mutant(
    "waits for a source that will not serve again",
    "fleet/update/roll-out.ts",
    "if (source !== null && this.#held && !source.fit) {",
    "if (source?.gone === true && this.#held && !source.fit) {",
    LAPSES,
  ),
];
