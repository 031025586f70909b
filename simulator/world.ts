import { type CvmView, viewOf } from "./boot.ts";
import { Chain } from "./chain.ts";
import { type EnvVar, envVarsOf, Kms } from "./kms.ts";
import { recordOf } from "./newcomer.ts";
import { DEFAULT_NODES, type Node, nodesFrom } from "./nodes.ts";
import { aimOf, bootsAt, isOpen } from "./operations.ts";
import { type Settings, settingsOf, type WorldOptions } from "./options.ts";
import { type Random, randomHex, randomText, seededRandom } from "./random.ts";
import { Revisions } from "./revisions.ts";
import { seed } from "./seed.ts";
import type { Applied, Cvm, CvmUpdate, NewCvm, Operation, OperationKind, Token } from "./types.ts";

/**
 * The state of a simulated Phala Cloud. It does no I/O and starts no timers: time and chance come in
 * from outside, and a CVM's status is worked out whenever somebody looks.
 */
export class World {
  readonly settings: Settings;
  readonly random: Random;
  readonly nodes: readonly Node[];
  readonly kms: Kms;
  readonly chain: Chain;
  readonly cvms: Cvm[] = [];
  readonly tokens = new Map<string, Token>();
  readonly revisions = new Revisions();
  readonly appId: string;
  /** Another app of the same workspace, and an app of someone else. */
  readonly otherAppId: string;
  readonly foreignAppId: string;
  readonly source: Cvm;
  readonly other: Cvm;
  readonly foreign: Cvm;
  readonly workspace = { id: "wks_sim1", name: "Simulated workspace", slug: "simulated" };
  readonly user = { id: 77, hashId: "usr_sim1", username: "simulated-user" };
  readonly kmsId: string;
  /** Scheme, host and port of the gateway and of links to the API. */
  origin: string;
  readonly #now: () => number;
  #nextId = 90400;
  #replicas = 0;
  #updates = 0;

  constructor(options: WorldOptions = {}) {
    this.settings = settingsOf(options);
    this.random = options.random ?? seededRandom(this.settings.seed);
    this.#now = options.now ?? Date.now;
    this.origin = options.origin ?? "https://simulator.invalid";
    this.nodes = nodesFrom(options.nodes ?? DEFAULT_NODES, this.random);
    this.kms = new Kms(`kms ${this.settings.seed}`, this.settings.kmsConduct);
    this.kmsId = `kms_${randomText(this.random, 8)}`;
    this.chain = new Chain(this.random, this.settings.allowAnyDevice, () => this.now());
    this.appId = randomHex(this.random, 40);
    this.otherAppId = randomHex(this.random, 40);
    this.foreignAppId = randomHex(this.random, 40);
    const seeds = seed(this);
    this.source = seeds.source;
    this.other = seeds.other;
    this.foreign = seeds.foreign;
  }

  /** The world's clock in epoch ms, skew included. */
  now(): number {
    return this.#now() + this.settings.clockSkewMs;
  }

  /** The CVM as it is now. */
  view(cvm: Cvm): CvmView {
    return viewOf(cvm, this.now(), this.settings);
  }

  /** Neither deleted, nor on its way out, nor stopped or failed. */
  isLive(cvm: Cvm): boolean {
    const view = this.view(cvm);
    const dead = ["stopped", "exited", "error", "failed", "stopping", "shutting_down"];
    return !view.gone && !view.removing && !dead.includes(view.status.toLowerCase());
  }

  /** Live CVMs of an app, oldest first. */
  liveOf(appId: string): Cvm[] {
    return this.cvms.filter((cvm) => cvm.appId === appId && this.isLive(cvm));
  }

  /** Slots that are free on a node now: those at the start less the newcomers that still exist. */
  freeSlots(node: Node): number {
    const taken = this.cvms.filter(
      (cvm) => cvm.nodeId === node.id && cvm.origin !== "seed" && !this.view(cvm).gone,
    );
    return node.slots - taken.length;
  }

  /** The CVM with this UUID, deleted ones included. */
  find(vmUuid: string): Cvm | undefined {
    return this.cvms.find((cvm) => cvm.vmUuid === vmUuid);
  }

  /** Puts a CVM into the world; seeds run at once, everything else boots. */
  add(fresh: NewCvm): Cvm {
    const settings = this.settings;
    const createdAt = fresh.createdAt ?? this.now();
    const planned =
      fresh.origin === "replica" ? settings.replicaPlans[this.#replicas++] : undefined;
    const plan = {
      bootMs: fresh.origin === "seed" ? 0 : settings.bootMs,
      ...planned,
      ...fresh.plan,
    };
    const cvm = recordOf(this.random, fresh, { id: this.#nextId++, createdAt, plan });
    const bootError = this.#envTrouble(cvm);
    if (bootError !== null) {
      // A guest that can't open its env stops in the second boot phase, as a real one does.
      cvm.changes.push({
        at: createdAt + plan.bootMs / 4,
        status: settings.bootFailureStatus ?? "starting",
        bootError,
        bootProgress: "requesting app keys",
      });
    }
    this.cvms.push(cvm);
    this.revisions.note(cvm, fresh.origin === "replica" ? "replicate" : "deploy", createdAt);
    return cvm;
  }

  /** Why a guest can't open its env, or null. */
  #envTrouble(cvm: Cvm): string | null {
    if (cvm.encryptedEnv === null) return null;
    try {
      this.kms.open(cvm.appId, cvm.encryptedEnv);
      return null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown reason";
      return `failed to decrypt env file: ${reason}`;
    }
  }

  /** Whether an operation on a CVM is in progress, its creation, its deletion and a queued one included. */
  isBusy(cvm: Cvm): boolean {
    const view = this.view(cvm);
    return (
      view.inProgress || view.removing || cvm.operations.some((one) => isOpen(one, this.now()))
    );
  }

  /**
   * Begins an operation. What it applies stands in the CVM's row at once; the guest has it once it boots
   * again (API facts, section 13).
   *
   * @param word what the app's revisions call it
   */
  operate(
    cvm: Cvm,
    kind: OperationKind,
    word: string,
    { requestIndex = null, ...applied }: Applied = {},
  ): Operation {
    const { settings } = this;
    Object.assign(cvm, applied);
    const view = this.view(cvm);
    const planned = kind === "update" ? settings.updatePlans[this.#updates++] : undefined;
    const stays = kind === "update" && view.status === "stopped";
    const trouble = aimOf(kind) === "stopped" || stays ? null : this.#envTrouble(cvm);
    const operation: Operation = {
      id: `op-${cvm.id}-${cvm.operations.length + 1}`,
      kind,
      at: this.now(),
      plan: {
        queueMs: kind === "update" ? settings.updateQueueMs : 0,
        lockMs: 0,
        ms: kind === "update" ? settings.updateMs : settings.powerMs,
        status: trouble !== null ? "error" : stays ? "stopped" : aimOf(kind),
        bootError: trouble ?? "",
        ...planned,
      },
      before: view.status,
      runningBefore: view.runningSince,
      changesBefore: cvm.changes.length,
      requestIndex,
      cancelledAt: null,
    };
    cvm.operations.push(operation);
    if (aimOf(kind) === "running") {
      cvm.booted = [...cvm.booted, { at: bootsAt(operation), composeHash: cvm.composeHash }];
    }
    this.revisions.note(cvm, word, operation.at);
    return operation;
  }

  /** Ends what is in progress on a CVM, as far as it has come; undefined where nothing is. */
  cancel(cvm: Cvm): Operation | undefined {
    const now = this.now();
    const open = cvm.operations.filter((one) => isOpen(one, now));
    for (const one of open) one.cancelledAt = now;
    if (open.length > 0) cvm.booted = cvm.booted.filter(({ at }) => at <= now);
    return open.at(-1);
  }

  /** Changes a CVM from now on, as the platform or its owner might. */
  update(cvm: Cvm, update: CvmUpdate): void {
    const { health, deleteStuck, deleteFails, bootMs, ...rest } = update;
    const { name, appId, composeHash, redeploy, ...change } = rest;
    if (health !== undefined) {
      cvm.health = health;
      cvm.healthAsked = 0;
    }
    if (deleteStuck !== undefined) cvm.deleteStuck = deleteStuck;
    if (deleteFails !== undefined) cvm.deleteFailsLeft = deleteFails;
    if (bootMs !== undefined) cvm.plan = { ...cvm.plan, bootMs };
    if (name !== undefined) cvm.name = name;
    if (appId !== undefined) cvm.appId = appId;
    if (composeHash !== undefined) {
      cvm.composeHash = composeHash;
      cvm.booted = [{ at: cvm.createdAt, composeHash }];
      this.revisions.note(cvm, "update", this.now());
    }
    if (redeploy !== undefined) this.operate(cvm, "update", "redeploy", { composeHash: redeploy });
    if (Object.keys(change).length > 0) cvm.changes.push({ at: this.now(), ...change });
  }

  /** Deletes a CVM at once, as somebody else might have done. */
  remove(cvm: Cvm): void {
    cvm.vanishedAt = this.now();
  }

  /**
   * The variables that a CVM's guest would see: those that were sealed for it and that the app's
   * compose file lets through. Null when the CVM inherits its env.
   */
  guestEnv(cvm: Cvm): EnvVar[] | null {
    if (cvm.encryptedEnv === null) return null;
    const vars = envVarsOf(this.kms.open(cvm.appId, cvm.encryptedEnv));
    const allowed = cvm.allowedEnvs ?? this.settings.allowedEnvs;
    return vars.filter((item) => allowed.includes(item.key));
  }
}
