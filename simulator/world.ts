import { type CvmView, viewOf } from "./boot.ts";
import { Chain } from "./chain.ts";
import { type EnvVar, envVarsOf, Kms } from "./kms.ts";
import { DEFAULT_NODES, type Node, nodesFrom } from "./nodes.ts";
import { type Settings, settingsOf, type WorldOptions } from "./options.ts";
import { type Random, randomHex, randomText, randomUuid, seededRandom } from "./random.ts";
import type { Cvm, CvmUpdate, NewCvm, Token } from "./types.ts";

const DAY = 86_400_000;

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

  constructor(options: WorldOptions = {}) {
    this.settings = settingsOf(options);
    this.random = options.random ?? seededRandom(this.settings.seed);
    this.#now = options.now ?? Date.now;
    this.origin = options.origin ?? "https://simulator.invalid";
    this.nodes = nodesFrom(options.nodes ?? DEFAULT_NODES, this.random);
    this.kms = new Kms(`kms ${this.settings.seed}`, this.settings.kmsConduct);
    this.kmsId = `kms_${randomText(this.random, 8)}`;
    this.chain = new Chain(this.random, this.settings.allowAnyDevice);
    this.appId = randomHex(this.random, 40);
    this.otherAppId = randomHex(this.random, 40);
    this.foreignAppId = randomHex(this.random, 40);
    this.source = this.#seedApp();
    const lone = { origin: "seed", nodeId: this.#home().id, createdAt: this.now() - DAY } as const;
    const hash = (): string => randomHex(this.random, 64);
    this.other = this.add({
      ...lone,
      appId: this.otherAppId,
      composeHash: hash(),
      name: "other-app",
    });
    this.foreign = this.add({
      ...lone,
      appId: this.foreignAppId,
      composeHash: hash(),
      foreign: true,
      name: "foreign-app",
    });
    this.#seedChain();
  }

  #home(): Node {
    return this.nodes[0] as Node;
  }

  #seedApp(): Cvm {
    const { liveInstances, stoppedInstances, deadInstances, differingHashes } = this.settings;
    const shared = randomHex(this.random, 64);
    const made: Cvm[] = [];
    const statuses = [
      ...Array<undefined>(liveInstances).fill(undefined),
      ...Array<string>(stoppedInstances).fill("stopped"),
      ...deadInstances,
    ];
    for (const [index, status] of statuses.entries()) {
      const plan = this.settings.existingPlans[index];
      const composeHash = index > 0 && differingHashes ? randomHex(this.random, 64) : shared;
      made.push(
        this.add({
          origin: "seed",
          appId: this.appId,
          nodeId: this.#home().id,
          composeHash,
          createdAt: this.now() - DAY + index * 60_000,
          name: index === 0 ? "web" : `web-seed${index}`,
          ...(status === undefined ? {} : { status }),
          ...(plan === undefined ? {} : { plan }),
        }),
      );
    }
    const source = made[0];
    if (liveInstances < 1 || source === undefined)
      throw new Error("liveInstances must be at least 1");
    return source;
  }

  #seedChain(): void {
    const { chainHashes, chainDevices } = this.settings;
    if (chainHashes === "live") {
      for (const cvm of this.cvms) {
        if (cvm.appId === this.appId) this.chain.register({ composeHash: cvm.composeHash });
      }
    }
    const devices = chainDevices === "all" ? this.nodes : [this.#home()];
    if (chainDevices === "none") return;
    for (const node of devices) this.chain.register({ deviceId: node.deviceId });
  }

  /** The world's clock in epoch ms, skew included. */
  now(): number {
    return this.#now() + this.settings.clockSkewMs;
  }

  /** The CVM as it is now. */
  view(cvm: Cvm): CvmView {
    return viewOf(cvm, this.now(), this.settings.removeMs);
  }

  /** Neither deleted, nor on its way out, nor stopped or failed. */
  isLive(cvm: Cvm): boolean {
    const view = this.view(cvm);
    const dead = ["stopped", "exited", "error", "failed", "stopping"];
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
    const cvm: Cvm = {
      id: this.#nextId++,
      hashId: `cvm_${randomText(this.random, 8)}`,
      vmUuid: randomUuid(this.random),
      appId: fresh.appId,
      foreign: fresh.foreign ?? false,
      name: fresh.name ?? `web-r-${randomHex(this.random, 5)}`,
      nodeId: plan.madeOnNode ?? fresh.nodeId,
      composeHash: plan.madeWithHash ?? fresh.composeHash,
      origin: fresh.origin,
      createdAt,
      requestIndex: fresh.requestIndex ?? null,
      futureInstanceId: randomHex(this.random, 40),
      encryptedEnv: fresh.encryptedEnv ?? null,
      plan,
      changes: fresh.status === undefined ? [] : [{ at: createdAt, status: fresh.status }],
      health: plan.health ?? { kind: "ok" },
      healthAsked: 0,
      deleteRequestedAt: null,
      deleteStuck: plan.deleteStuck ?? false,
      deleteFailsLeft: plan.deleteFails ?? 0,
      deletes: 0,
      vanishedAt: null,
      scheduledDeleteAt: null,
      backfilledAt: null,
    };
    this.#failOnBadEnv(cvm);
    this.cvms.push(cvm);
    return cvm;
  }

  /** A guest that can't open its env stops in the second boot phase, as a real one does. */
  #failOnBadEnv(cvm: Cvm): void {
    if (cvm.encryptedEnv === null) return;
    try {
      this.kms.open(cvm.appId, cvm.encryptedEnv);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown reason";
      cvm.changes.push({
        at: cvm.createdAt + cvm.plan.bootMs / 4,
        status: this.settings.bootFailureStatus ?? "starting",
        bootError: `failed to decrypt env file: ${reason}`,
        bootProgress: "requesting app keys",
      });
    }
  }

  /** Changes a CVM from now on, as the platform or its owner might. */
  update(cvm: Cvm, update: CvmUpdate): void {
    const { health, deleteStuck, deleteFails, bootMs, ...change } = update;
    if (health !== undefined) {
      cvm.health = health;
      cvm.healthAsked = 0;
    }
    if (deleteStuck !== undefined) cvm.deleteStuck = deleteStuck;
    if (deleteFails !== undefined) cvm.deleteFailsLeft = deleteFails;
    if (bootMs !== undefined) cvm.plan = { ...cvm.plan, bootMs };
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
    return vars.filter((item) => this.settings.allowedEnvs.includes(item.key));
  }
}
