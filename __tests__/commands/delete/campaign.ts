/**
 * Stories of delete in simulated time, drawn from a seed: worlds, inputs, faults, strangers that create, rename,
 * move, restart and delete meanwhile, a cancel or a kill, then the same step again. Every DELETE that was sent is
 * held against what the inputs allow, by rules written apart from the action's.
 */
import type { FaultKind } from "../../../simulator/core.ts";
import { seededRandom } from "../../../simulator/core.ts";
import type { RecordedRequest } from "../../../simulator/record.ts";
import { linesOf } from "../../support/simulated/lines.ts";
import {
  type Inputs,
  Simulation,
  type SimulationOptions,
} from "../../support/simulated/simulation.ts";

const DAY = 86_400_000;

/** What the story allows, in the words of its inputs. */
interface Order {
  readonly inputs: Inputs;
  /** Whole names and patterns, as regular expressions; null: not given. */
  readonly names: readonly RegExp[] | null;
  readonly uuids: readonly string[] | null;
  readonly status: readonly string[] | null;
  readonly olderThanMs: number | null;
  readonly keep: readonly string[];
  readonly leave: number;
  readonly keepAtLeast: number;
  readonly maxDeletions: number;
}

/** A row as the API told it. */
interface Row {
  readonly vm_uuid: string;
  readonly name: string;
  readonly status: string;
  readonly app_id: string;
  readonly created_at: string;
}

export interface Told {
  readonly seed: number;
  /** What broke a rule; empty: nothing did. */
  readonly broken: readonly string[];
  readonly deletions: number;
  readonly outcome: string;
  /** All that was asked for, sent and said, in order. */
  readonly story: () => string;
}

type Dice = ReturnType<typeof diceOf>;

function diceOf(seed: number) {
  const random = seededRandom(seed * 7_919 + 13);
  const below = (n: number) => Math.floor(random() * n);
  return {
    below,
    one: <T>(items: readonly T[]): T => items[below(items.length)] as T,
    chance: (share: number) => random() < share,
  };
}

function worldOf(dice: Dice, seed: number): SimulationOptions {
  const dead = Array.from({ length: dice.below(3) }, () => dice.one(["error", "exited"] as const));
  const existingPlans = Array.from({ length: 8 }, () =>
    dice.chance(0.15)
      ? { busyMs: DAY + dice.below(60_000), busyStatus: dice.one([400, 409, 423] as const) }
      : dice.chance(0.1)
        ? { deleteStuck: dice.chance(0.5), deleteFails: dice.below(3) }
        : {},
  );
  return {
    seed,
    liveInstances: 1 + dice.below(5),
    stoppedInstances: dice.below(2),
    deadInstances: dead,
    existingPlans,
    removeMs: dice.one([1, 5_000, 40_000]),
    deleteAgain: dice.one([204, 404, 409] as const),
    removingStatus: dice.one(["removing", "deleting"] as const),
    listDeleted: dice.chance(0.3),
    listLagMs: dice.one([0, 0, 20_000]),
    emptyApp: dice.one(["404", "list"] as const),
    titleCase: dice.chance(0.3),
    clockSkewMs: dice.one([0, 0, 7_000, -30_000]),
    latencyMs: dice.one([5, 80]),
  };
}

function orderOf(dice: Dice, sim: Simulation): Order {
  const own = sim.cvms().filter(({ appId }) => appId === sim.world.appId);
  const some = <T>(items: readonly T[]) => items.filter(() => dice.chance(0.5));
  const inputs: Record<string, string> = { github_token: "", poll_interval: "1s" };
  const texts = dice.one([["web-*"], ["web-seed1", "job-*"], ["*"], ["web"], ["*-seed*"]]);
  const useNames = dice.chance(0.6);
  const uuids = dice.chance(0.4) ? some(own).map(({ vmUuid }) => vmUuid) : null;
  const useStatus = dice.chance(0.2) || (!useNames && uuids === null);
  const status = useStatus ? [dice.one(["dead", "stopped", "running"])] : null;
  const olderThanMs = dice.chance(0.2) ? DAY - dice.below(200_000) : null;
  if (useNames) inputs.name = texts.join("\n");
  if (uuids !== null) inputs.vm_uuids = JSON.stringify(uuids);
  if (status !== null) inputs.status = status.join(",");
  if (olderThanMs !== null) inputs.older_than = `${Math.floor(olderThanMs / 1_000)}`;
  const keep = dice.chance(0.3) ? some(own.slice(0, 3)).map(({ name }) => name) : [];
  if (keep.length > 0) inputs.keep = JSON.stringify(keep);
  const number = (name: string, share: number, most: number, fallback: number) => {
    if (!dice.chance(share)) return fallback;
    const value = dice.below(most);
    inputs[name] = `${value}`;
    return value;
  };
  const leave = number("leave", 0.2, 3, 0);
  const keepAtLeast = number("keep_at_least", 0.4, 3, 1);
  const maxDeletions = number("max_deletions", 0.3, 6, 10);
  if (inputs.max_deletions === undefined && texts[0] === "*") inputs.max_deletions = "10";
  if (dice.chance(0.1)) inputs.wait = "false";
  inputs.wait_timeout = dice.one(["30s", "3m"]);
  const names = useNames
    ? texts.map((text) => new RegExp(`^${text.replaceAll("*", "[A-Za-z0-9-]*")}$`))
    : null;
  return {
    inputs,
    names,
    uuids,
    status,
    olderThanMs: olderThanMs === null ? null : Math.floor(olderThanMs / 1_000) * 1_000,
    keep,
    leave,
    keepAtLeast,
    maxDeletions,
  };
}

/** Others at work: whatever they do, at any time of the step. */
function strangers(dice: Dice, sim: Simulation): void {
  for (let n = dice.below(6); n > 0; n--) {
    const at = 1 + dice.below(dice.one([300, 20_000]));
    const what = dice.below(6);
    const pick = dice.below(100);
    const name = dice.one(["web-x", "job-1", "production", "web-seed1"]);
    sim.after(at, () => {
      const own = sim.world.cvms.filter(
        (cvm) => cvm.appId === sim.world.appId && !sim.world.view(cvm).gone,
      );
      const cvm = own[pick % Math.max(1, own.length)];
      if (what === 0) sim.addStranger({ name, plan: { bootMs: dice.below(5_000) } });
      else if (cvm === undefined) return;
      else if (what === 1) sim.world.update(cvm, { name: `${name}-r` });
      else if (what === 2) sim.world.remove(cvm);
      else if (what === 3) sim.world.update(cvm, { appId: sim.world.otherAppId });
      else if (what === 4) sim.world.update(cvm, { status: dice.one(["running", "error"]) });
      else sim.addStranger({ name: "other-x", appId: sim.world.otherAppId });
    });
  }
}

function faults(dice: Dice, sim: Simulation): void {
  const kinds: readonly FaultKind[] = [
    { kind: "drop", when: "after" },
    { kind: "drop", when: "before" },
    { kind: "status", when: "before", status: 503 },
    { kind: "status", when: "after", status: 502 },
    { kind: "status", when: "before", status: 404 },
    { kind: "hang", when: "after" },
    { kind: "garbage", form: "array" },
    { kind: "garbage", form: "html" },
    { kind: "late", afterMs: 9_000 },
  ];
  for (let n = dice.below(4); n > 0; n--) {
    const route = dice.one(["list", "cvm", "cvm", "delete", "delete"]);
    const kind = dice.one(kinds);
    // An empty list, or an app that is not there, is an answer like any other to the first look.
    const nth = 1 + dice.below(5);
    const lies = kind.kind === "garbage" && kind.form === "array";
    if (!lies) sim.fault({ route, nth, ...kind });
    // A 200 for a deletion that was refused would be a lie that nobody can see through without waiting.
    else if (route !== "delete")
      sim.fault({ route, nth: nth + (route === "list" ? 1 : 0), ...kind });
  }
}

/** What the step was told before it deleted, from the answers as they left the server. */
class Watch {
  /** The list that the selection was made from. */
  list: readonly Row[] | null = null;
  /** Read since the last deletion of it. */
  readonly reads = new Map<string, Row>();
  readonly broken: string[] = [];
  readonly deleted = new Set<string>();
  readonly #order: Order;
  readonly #sim: Simulation;
  #selecting = true;

  constructor(sim: Simulation, order: Order) {
    this.#sim = sim;
    this.#order = order;
    sim.on("after-work", "list", ({ answer }) => {
      if (this.#selecting && answer?.status === 200) this.list = JSON.parse(answer.body) as Row[];
      if (this.#selecting && answer?.status === 404) this.list = [];
    });
    sim.on("after-work", "cvm", ({ answer }) => {
      if (answer?.status !== 200) return;
      const row = JSON.parse(answer.body) as Row;
      this.reads.set(row.vm_uuid, row);
    });
    sim.on("before-work", "delete", ({ request }) => this.#judge(request));
  }

  /** Another step begins. */
  again(): void {
    this.#selecting = true;
    this.deleted.clear();
    this.reads.clear();
  }

  #judge({ path }: RecordedRequest): void {
    this.#selecting = false;
    const uuid = path.split("/").at(-1) ?? "";
    const { list } = this;
    const read = this.reads.get(uuid);
    this.reads.delete(uuid);
    this.deleted.add(uuid);
    const listed = list?.find(({ vm_uuid }) => vm_uuid === uuid);
    const asked = this.#order.uuids?.includes(uuid) ?? false;
    if (list === null) this.#break(`${uuid} without a list`);
    else if (listed === undefined && !asked) this.#break(`${uuid} was never listed`);
    else if (read === undefined) this.#break(`${uuid} was not read right before`);
    else this.#judgeRow(uuid, listed ?? read, read, list);
  }

  #judgeRow(uuid: string, before: Row, read: Row, list: readonly Row[]): void {
    if (read.name !== before.name) this.#break(`${uuid} was renamed`);
    if (read.app_id !== this.#sim.world.appId) this.#break(`${uuid} is another app's`);
    this.#fits(before);
    if (this.#order.status !== null && !this.#hasStatus(read)) this.#break(`${uuid} came back`);
    this.#counts(list);
  }

  #fits({ vm_uuid, name, status, created_at }: Row): void {
    const { names, uuids, keep, olderThanMs } = this.#order;
    const wrong =
      (names !== null && !names.some((one) => one.test(name))) ||
      (uuids !== null && !uuids.includes(vm_uuid)) ||
      keep.includes(name) ||
      (this.#order.status !== null && !this.#hasStatus({ status })) ||
      (olderThanMs !== null && this.#sim.world.now() - Date.parse(created_at) < olderThanMs);
    if (wrong) this.#break(`${name} (${vm_uuid}) was not selected`);
  }

  #hasStatus({ status }: Pick<Row, "status">): boolean {
    const word = status.toLowerCase();
    return (this.#order.status ?? []).some((one) =>
      one === "dead" ? ["error", "exited"].includes(word) : one === word,
    );
  }

  #counts(list: readonly Row[]): void {
    const { keepAtLeast, leave, maxDeletions } = this.#order;
    const runs = ({ status }: Row) => status.toLowerCase() === "running";
    const running = list.filter(runs);
    const stay = running.filter(({ vm_uuid }) => !this.deleted.has(vm_uuid)).length;
    if (stay < Math.min(keepAtLeast, running.length)) this.#break(`only ${stay} running ones stay`);
    if (stay < Math.min(leave, running.length)) this.#break(`only ${stay} of the selected stay`);
    if (this.deleted.size > maxDeletions) this.#break(`${this.deleted.size} deletions`);
  }

  #break(text: string): void {
    this.broken.push(text);
  }
}

/** Plays the story of a seed, and holds it against the rules. */
export async function playSeed(seed: number): Promise<Told> {
  const dice = diceOf(seed);
  const sim = new Simulation(worldOf(dice, seed));
  const order = orderOf(dice, sim);
  const watch = new Watch(sim, order);
  faults(dice, sim);
  strangers(dice, sim);
  const running = sim.start(order.inputs, "delete");
  const blow = dice.below(6);
  const at = dice.below(dice.one([400, 30_000]));
  if (blow === 0) sim.after(at, () => running.cancel());
  if (blow === 1) sim.after(at, () => running.kill());
  const main = await running.finished;
  const results = [main];
  const before = sim.requests.length;
  const post = await sim.post(main);
  const broken = [...watch.broken];
  if (sim.requests.slice(before).some(({ method }) => method !== "GET")) broken.push("post wrote");
  if (post.exitCode !== 0) broken.push("post was red");
  if (sim.requests.some(({ method }) => !["GET", "DELETE"].includes(method))) broken.push("wrote");
  broken.push(...toldWrong(sim, main.runner.outputs, main.exitCode, order));
  const errors = main.runner.entries.filter(({ kind }) => kind === "error").length;
  if (main.exitCode !== null && errors !== main.exitCode) broken.push(`${errors} errors`);
  const deletions = watch.deleted.size;
  watch.again();
  await sim.pass(120_000);
  const from = sim.requests.length;
  const again = await sim.start(order.inputs, "delete").finished;
  results.push(again);
  broken.push(...watch.broken.slice(broken.length));
  // A fault of the second run, such as an empty list, may have hidden something. With an age, time alone selects more.
  const fair = sim.requests.slice(from).every(({ fault }) => fault === undefined);
  if (fair && again.exitCode === 0 && order.inputs.wait !== "false" && order.olderThanMs === null) {
    watch.again();
    results.push(await sim.start(order.inputs, "delete").finished);
    if (watch.deleted.size > 0) broken.push("a third run deletes more");
  }
  const outcome = main.runner.outputs.outcome ?? "killed";
  const story = () => [JSON.stringify(order.inputs), ...linesOf(sim, results)].join("\n");
  return { seed, broken, deletions, outcome, story };
}

/**
 * Its own route said twice that there is no such CVM, which was a lie each time, while the list was right not to show
 * it: somebody had moved it to another app. Every further look could be lied to as well, and it is on its way out.
 */
function isDeniedTwice(sim: Simulation, uuid: string): boolean {
  const moved = sim.world.find(uuid)?.appId !== sim.world.appId;
  const lies = sim.requests.filter(
    ({ route, path, status, fault }) =>
      route === "cvm" && path.endsWith(uuid) && status === 404 && fault !== undefined,
  );
  return moved && lies.length > 1;
}

/** What the outputs say is gone must be gone, or going where nobody waited. */
function toldWrong(
  sim: Simulation,
  outputs: Readonly<Record<string, string>>,
  exitCode: number | null,
  { inputs }: Order,
): string[] {
  if (exitCode === null) return [];
  // Who does not wait has to believe a 404.
  const lied = sim.requests.some(({ fault, status }) => fault === "status" && status === 404);
  if (inputs.wait === "false" && lied) return [];
  const deleted = JSON.parse(outputs.deleted ?? "") as Row[];
  const there = deleted.filter(({ vm_uuid }) => {
    const cvm = sim.cvms().find(({ vmUuid }) => vmUuid === vm_uuid);
    const going = cvm?.removing && (inputs.wait === "false" || isDeniedTwice(sim, vm_uuid));
    return cvm !== undefined && !cvm.deleted && !going;
  });
  return there.map(({ name }) => `${name} is told to be deleted`);
}
