/**
 * Holds each request of a rollout against what it may do, by what the server had told it: rules written apart
 * from the action's.
 */
import type { RecordedRequest } from "../../../simulator/record.ts";
import type { Cvm } from "../../../simulator/types.ts";
import { hashOf, isBusy, isParked, type Row, targetOf, told } from "./campaign-rows.ts";
import { slipped } from "./campaign-slips.ts";
import type { ListLie } from "./campaign-story.ts";
import { ownOf, type Plan } from "./campaign-world.ts";

/** One update as it was asked for. */
interface Asked {
  readonly run: number;
  readonly target: string;
  readonly route: string;
  readonly hash: string;
  readonly request: RecordedRequest;
}

/** What the rows of a list cannot show while an update settles: no second try before. Ms. */
const SETTLE_MS = 15_000;
/** So long an update may wait in the platform's queue; then its guest may be taken for the new one. Ms. */
const QUEUE_MS = 180_000;
/** Longer than any pause between two looks that is drawn, and the way there and back. */
const LOOK_MS = 20_000;

export class Watch {
  readonly broken: string[] = [];
  /** What served in truth when the last list was read. */
  truth: ReadonlyMap<string, { readonly serves: boolean; readonly hash: string }> = new Map();
  readonly asked: Asked[] = [];
  readonly #plan: Plan;
  #run = 0;
  #lists = 0;
  /** This run has its first list. */
  #listedOnce = false;
  /** Rows by their own route, by the request's number. */
  readonly #own = new Map<number, string>();
  /** Told to be stopped before the run touched them: nobody misses those, whatever is done to them. */
  readonly #parked = new Map<string, boolean>();
  /** Told to be stopped when the run began: it leaves them, whatever somebody does to them later. */
  readonly #left = new Set<string>();
  /** As each was last told. */
  readonly #rows = new Map<string, Row>();
  readonly #bodies: { readonly at: number; readonly index: number; readonly body: string }[] = [];
  /** What this run brings the others to: the revision that the source had when it began. */
  #wanted: string | null = null;
  /** Where lists lie, a request may be needless in truth. */
  lied = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    const { sim } = plan;
    sim.on("after-work", "list", ({ answer, request: { index } }) => {
      if (answer === undefined) return;
      this.#lists += 1;
      const lie = plan.lies.get(this.#lists);
      if (lie !== undefined) Object.assign(answer, { body: this.#lie(lie, String(answer.body)) });
      const body = this.#slip(answer);
      this.#bodies.push({ at: sim.clock.now(), index, body });
      this.truth = new Map(ownOf(sim).map((cvm) => [cvm.vmUuid, this.#truthOf(cvm)]));
    });
    sim.on("after-work", "cvm", ({ answer, request: { index } }) => {
      if (answer?.status === 200) this.#own.set(index, `[${answer.body}]`);
    });
    sim.on("answered", "list", ({ request }) => {
      this.#listed(request, this.#bodies.find(({ index }) => index === request.index)?.body);
    });
    sim.on("answered", "cvm", ({ request }) => {
      this.#listed(request, this.#own.get(request.index));
    });
    for (const route of ["redeploy", "envs"]) {
      sim.on("before-work", route, ({ request }) => this.#judge(request));
    }
  }

  /** Another run begins. */
  begin(run: number): void {
    this.#run = run;
    this.#listedOnce = false;
    this.#wanted = null;
    this.#rows.clear();
    this.#parked.clear();
    this.#left.clear();
  }

  #lie(lie: ListLie, body: string): string {
    this.lied = true;
    const old = this.#bodies.find(({ at }) => at >= this.#plan.sim.clock.now() - 60_000);
    if (lie === "stale") return old?.body ?? body;
    return JSON.stringify((JSON.parse(body) as Row[]).slice(0, -1));
  }

  /** @returns what of it is so */
  #slip(answer: { body: unknown }): string {
    const { sim, slips } = this.#plan;
    const body = String(answer.body);
    if (slips.length === 0 || !body.startsWith("[")) return body;
    const when = { at: sim.clock.now() - sim.startAt, first: !this.#listedOnce };
    const { told, sure } = slipped(JSON.parse(body) as Row[], slips, when);
    answer.body = JSON.stringify(told);
    return JSON.stringify(sure);
  }

  #listed({ route, fault, status }: RecordedRequest, body: string | undefined): void {
    if (body === undefined || fault !== undefined || status !== 200) return;
    this.#listedOnce ||= route === "list";
    const rows = JSON.parse(body) as Row[];
    const source = rows.find(({ vm_uuid }) => vm_uuid === this.#plan.inputs.source);
    this.#wanted ??= this.#plan.inputs.compose_hash ?? source?.compose_hash ?? null;
    for (const row of rows) {
      this.#rows.set(row.vm_uuid, row);
      // What stands stopped when a run begins is left by it, also in the middle of somebody's operation.
      const isNew = !this.#parked.has(row.vm_uuid);
      if (isNew && isParked(row)) this.#left.add(row.vm_uuid);
      if ((isNew || !isBusy(row)) && !this.#isAsked(row.vm_uuid)) {
        this.#parked.set(row.vm_uuid, isParked(row));
      }
    }
  }

  #truthOf(cvm: Cvm): { readonly serves: boolean; readonly hash: string } {
    const { status, inProgress, guestHash, gone, removing } = this.#plan.sim.world.view(cvm);
    const runs = status.toLowerCase() === "running" && !inProgress && !gone && !removing;
    const healthy = !this.#plan.checksHealth || cvm.health.kind === "ok";
    return { serves: runs && healthy && guestHash === cvm.composeHash, hash: cvm.composeHash };
  }

  #judge(request: RecordedRequest): void {
    const { sim } = this.#plan;
    const target = targetOf(request);
    const cvm = sim.world.find(target);
    if (cvm === undefined || cvm.appId !== sim.world.appId) {
      this.#break(`${request.route} of ${target}, which is none of the app's`);
      return;
    }
    const hash =
      request.route === "envs"
        ? (this.#wanted ?? "")
        : (hashOf(sim.world.revisions, request) ?? "");
    this.#sourced();
    this.#away(target);
    this.#needed(target, hash, request);
    this.asked.push({ run: this.#run, target, route: request.route, hash, request });
  }

  /** Before a run's first request the source serves in truth, as far as the last look could tell. */
  #sourced(): void {
    const { sim, inputs, envs, fresh } = this.#plan;
    if (inputs.source === undefined || this.asked.some(({ run }) => run === this.#run)) return;
    // What an earlier run asked of it: of an environment in the queue nothing shows anywhere.
    if (this.lied || (envs && this.#run > 0)) return;
    const { source } = sim.world;
    const [last, before] = source.operations.toReversed();
    const waited = last !== undefined && sim.world.now() - last.at >= QUEUE_MS;
    // The guest of the one before came up after the last was asked for, and is taken for the last one's.
    const until = before === undefined ? 0 : before.at + before.plan.queueMs + before.plan.ms;
    if (last !== undefined && !waited && until > last.at) return;
    if (fresh !== null && !waited && (!fresh.uptimes || fresh.rowAgoMs > 0)) return;
    if (this.truth.get(source.vmUuid)?.serves !== true)
      this.#break("something is touched, and the source does not serve the revision");
  }

  /** Not too many away: of ours in truth, and of all by what the list told. */
  #away(target: string): void {
    const { max, lies, selected } = this.#plan;
    const others = [...this.#rows.values()].filter(
      ({ vm_uuid }) => vm_uuid !== target && selected.includes(vm_uuid) && this.#isThere(vm_uuid),
    );
    const own = this.#rows.get(target);
    const isMissed = (uuid: string) => this.#parked.get(uuid) !== true && !this.#left.has(uuid);
    const counts = (row: Row) => !isParked(row) && isMissed(row.vm_uuid);
    const away = others.filter((row) => !told(row) && counts(row));
    const serves = own !== undefined && told(own) && this.#isWell(target);
    if (serves && isMissed(target) && away.length >= max) {
      this.#break(`takes one away that serves, beside ${away.length}, where ${max} may be`);
    }
    // What somebody has stopped meanwhile takes nobody away on its way back.
    if (lies.size > 0 || (own !== undefined && isParked(own))) return;
    const moving = selected.filter(
      (uuid) => uuid !== target && isMissed(uuid) && this.#isThere(uuid) && this.#isMoving(uuid),
    );
    if (moving.length >= max) {
      this.#break(`updates one beside ${moving.length} of its own, where ${max} may be`);
    }
  }

  #isAsked(uuid: string): boolean {
    return this.asked.some(({ run, target }) => run === this.#run && target === uuid);
  }

  #isThere(uuid: string): boolean {
    const { world } = this.#plan.sim;
    const cvm = world.find(uuid);
    return cvm !== undefined && !world.view(cvm).gone;
  }

  /** Nobody misses one that answers its health check badly. */
  #isWell(uuid: string): boolean {
    return !this.#plan.checksHealth || this.#plan.sim.world.find(uuid)?.health.kind === "ok";
  }

  /** An update of ours, of this run or of an earlier one, is under way in truth. */
  #isMoving(uuid: string): boolean {
    const { world } = this.#plan.sim;
    const last = world.find(uuid)?.operations.at(-1);
    if (last === undefined || last.requestIndex === null) return false;
    const shows = last.at + last.plan.queueMs;
    const own = this.asked.some(
      ({ run, request }) => run === this.#run && request.index === last.requestIndex,
    );
    // Of an earlier run's environment in the platform's queue nothing shows anywhere, not even a hash; nor does an
    // update of it where nobody tells how long guests are up.
    const hidden = this.#plan.envs || this.#plan.fresh?.uptimes === false;
    if (hidden && !own && world.now() < shows + LOOK_MS) return false;
    return world.now() < shows + last.plan.ms;
  }

  /** Nothing is sent that the server's own words make needless. */
  #needed(target: string, hash: string, { route, at, index }: RecordedRequest): void {
    const row = this.#rows.get(target);
    if (row === undefined) this.#break(`${route} of one that no list showed`);
    if (row?.in_progress) this.#break(`${route} of one that is in progress`);
    const before = this.asked.filter((one) => one.run === this.#run && one.target === target);
    const same = before.filter((one) => one.route === route && one.hash === hash);
    if (route === "redeploy" && row?.compose_hash === hash) this.#break("is on that revision");
    for (const { request } of same) {
      const { status = 0, fault } = request;
      if (status >= 200 && status < 300 && fault === undefined) {
        this.#break(`${route} ${index} of what ${request.index} was accepted for`);
      }
      const lost = ["drop", "hang", "garbage", "late"].includes(fault ?? "");
      if (lost && at - request.at < SETTLE_MS) this.#break("sent again before it could show");
    }
    if (target === this.#plan.inputs.source && route === "redeploy" && before.length === 0) {
      this.#break("sets the source back");
    }
    const goesBack = hash !== this.#wanted;
    if (goesBack && !before.some((one) => one.hash === this.#wanted))
      this.#break("back without forth");
    if (goesBack && !this.#plan.rollback) this.#break("back, where on_failure is stop");
  }

  #break(what: string): void {
    this.broken.push(`run ${this.#run}: ${what}`);
  }
}
