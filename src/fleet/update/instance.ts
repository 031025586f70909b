/** One instance of a rollout while it goes on: what the last look showed, and how far its update is. */
import type { Attested } from "../../ledger/attested.ts";
import type { ReplicaKey } from "../../ledger/terms.ts";
import type { UpdateEnd } from "../../ledger/trouble.ts";
import type { Fault } from "../../net/fault.ts";
import { type Cvm, runs } from "../../phala/cvm.ts";
import { isStopping } from "../../phala/status.ts";
import { objectAt, stringAt } from "../../text/json.ts";
import { type HealthCourse, UNASKED } from "../plan/health-course.ts";
import type { Member, Ours } from "../plan/rollout-world.ts";
import { type Course, newCourse } from "../plan/update-course.ts";

/** One request of an update: first the revision, then the environment. */
export type Op = "redeploy" | "envs";

/** What goes on with it. Times in ms since the epoch, our clock. */
export interface Under {
  /** What is still to be done; the first is under way. */
  ops: readonly Op[];
  readonly back: boolean;
  readonly target: string;
  /** `asking`: to be sent, from `notBefore` on. `settling`: its answer was lost. `moving`: accepted. */
  phase: "asking" | "settling" | "moving";
  notBefore: number;
  /** It was sent at least once. */
  sent: boolean;
  /** An answer of it leaves open whether it was begun. */
  mayBeBegun: boolean;
  lost: number;
  /** Requests that were sent for the present one of `ops`. */
  tries: number;
  fault: Fault | null;
  /** A registration is to be named with the next try. */
  registered: boolean;
  readonly startedAt: number;
  readonly deadline: number;
}

export class Instance {
  readonly key: ReplicaKey;
  readonly uuid: string;
  readonly isSource: boolean;
  row: Cvm;
  ours: Ours = "untouched";
  /** Its environment is to be replaced, although it is on the revision. */
  force = false;
  /** An update of ours was accepted, as far as can be told. */
  changed = false;
  /** The revision that it had when this run took it on. */
  from: string | null = null;
  parked: boolean;
  /** It ran, or was stopped while it ran, when it was last seen: no update of it has ended since. */
  calm: boolean;
  gone = false;
  /** Looks in a row that did not show it, and in how many of them the API denied it. */
  missing = 0;
  denied = 0;
  /** The source: looks in a row with another revision than the wanted one, which was its own. */
  strayed = 0;
  under: Under | null = null;
  course: Course;
  /** An update to another revision than the wanted one that may wait in the platform's queue still; null: none. */
  queued: Course | null = null;
  /** The API was asked how long its guest is up, and has answered, if only that it does not say; or it never does. */
  guestAsked = false;
  /** So often in a row it did not answer that. */
  guestUnanswered = 0;
  health: HealthCourse = UNASKED;
  /** Found on the revision, or after its update: seen to run, with its URL and healthy. */
  fit = false;
  /** The answer of the first round to one that is not on the revision yet; null: not asked. */
  answered: boolean | null = null;
  /** The address that was last known to reach it alone: an update keeps it (API facts, 13). */
  url: string | null = null;
  urlWantedSince: number | null = null;
  /** Which port's address is its own; null: the first one's. */
  readonly port: number | null;
  /** Its instance id as its event log tells it; null: it was not asked, or does not tell. */
  foundId: string | null = null;
  /** When its event log was asked for its id. */
  attestedAt: number | null = null;
  /** It runs, and only its attestation is open; since when it is. Null: it did not come to that. */
  proofSince: number | null = null;
  /** What its attestation showed last, of the revision that it is on its way to. */
  attested: Attested | null = null;
  /** When this run first looked at it, or saw it come to the revision without us. */
  since: number;
  end: UpdateEnd | null = null;

  constructor(key: ReplicaKey, row: Cvm, { wanted, since, isSource, port }: InstanceFacts) {
    this.key = key;
    this.uuid = row.vmUuid ?? "";
    this.row = row;
    this.since = since;
    this.isSource = isSource;
    this.port = port;
    // A source that is stopped shows nothing: that is a failure, not a reason to pass it over.
    this.parked = !isSource && isStopping(row.status);
    this.calm = runs(row) && !isBusy(row);
    this.course = newCourse(wanted, null, null);
  }

  /** Nothing is known any more of whether it is as it should be. */
  unproven(): void {
    this.health = UNASKED;
    this.proofSince = null;
    this.attested = null;
    this.urlWantedSince = null;
  }

  /** Whether its row tells this revision. */
  has(composeHash: string): boolean {
    return this.row.composeHash === composeHash;
  }

  /** As the planner sees it. */
  member(wanted: string): Member {
    const { key, ours, force, parked, gone, row, from } = this;
    return {
      key,
      ours,
      force,
      gone,
      revision: this.has(wanted) ? "new" : "old",
      serves: this.#serves(wanted),
      // What the last look did not show may be gone, or away: the next look says.
      busy: isBusy(row) || this.missing > 0 || this.strayed > 0 || this.queued !== null,
      createdAt: row.createdAt,
      returns: from !== null && from !== wanted && this.changed,
      parked: parked && !runs(row),
    };
  }

  #serves(wanted: string): boolean {
    if (!runs(this.row) || isBusy(this.row)) return false;
    const { ours } = this;
    if (ours === "done" || ours === "back-done" || ours === "overtaken") return true;
    if (ours === "untouched" && (!this.has(wanted) || this.force)) return this.answered !== false;
    if (ours === "failed" && !this.changed) return this.answered !== false;
    return ours === "untouched" && this.fit;
  }
}

/** An operation is in progress, or has a target that it has not reached (API facts, 3.3: one client asks both). */
export function isBusy({ inProgress, raw }: Cvm): boolean {
  return inProgress || stringAt(objectAt(raw, "progress"), "target") !== null;
}

export interface InstanceFacts {
  readonly wanted: string;
  readonly since: number;
  readonly isSource: boolean;
  readonly port: number | null;
}
