/** One red run for each `error_code` of create, in simulated time: shared by the tests and by the page of red logs. */
import { accountOf } from "../../simulator/evm/raw.ts";
import { SIMULATED_RPC } from "../support/simulated/chain.ts";
import {
  type CommandName,
  type Inputs,
  Simulation,
  type SimulationOptions,
} from "../support/simulated/simulation.ts";

export interface RedCase {
  readonly code: string;
  /** What happened, for the page. */
  readonly what: string;
  readonly inputs?: Inputs;
  /** Another action than create. */
  readonly command?: CommandName;
  readonly world?: SimulationOptions;
  /** What the runner can't write. */
  readonly unwritable?: "outputs" | "state";
  readonly arrange?: (sim: Simulation) => void;
  /** What an on-call has to read in it. */
  readonly says: RegExp;
}

/** Of nobody. */
const OWNER_KEY = "c0ffee".padEnd(64, "5");
const ON_CHAIN: SimulationOptions = {
  onChain: true,
  chainHashes: "none",
  evm: { owner: accountOf(Buffer.from(OWNER_KEY, "hex")) },
};

export const lose = (sim: Simulation) =>
  sim.fault({ route: "create", kind: "drop", when: "after", times: "always" });
export const refuse = (sim: Simulation, route: string, status: number, body = "") =>
  sim.fault({ route, kind: "status", when: "before", status, body, times: "always" });

export const RED_CASES: readonly RedCase[] = [
  {
    code: "ERR-02-005",
    what: "The named node is full.",
    inputs: { node_id: "12" },
    world: {
      nodes: [
        { id: 26, name: "prod9" },
        { id: 12, name: "prod7", slots: 0 },
      ],
    },
    says: /The node is full: name another node_id.*\nNothing was created/,
  },
  {
    code: "TIMEOUT",
    what: "The replica does not come to run in time.",
    inputs: { wait_timeout: "10s" },
    world: { bootMs: 3_600_000 },
    says: /did not run within 10 s.*give a longer wait_timeout.*\nCreated, and billed until/,
  },
  {
    code: "BOOT",
    what: "The replica fails while it boots.",
    world: { replicaPlans: [{ steps: [{ atMs: 300, status: "error" }] }] },
    says: /did not come up: its status is error.*name another node_id.*\nCreated, and billed until/,
  },
  {
    code: "UNHEALTHY",
    what: "The replica runs, and its health check answers 503.",
    inputs: { health_check: "/healthz", wait_timeout: "20s" },
    world: { replicaPlans: [{ health: { kind: "status", status: 503 } }] },
    says: /was not healthy within 20 s.*Call that path.*\nCreated, and billed until/,
  },
  {
    code: "INPUT",
    what: "An input is not of its form.",
    inputs: { vm_uuid: "nonsense" },
    says: /vm_uuid is "nonsense".*\nNothing was created/,
  },
  {
    code: "AMBIGUOUS",
    what: "The answer to the create is lost, and the list of the app cannot be read.",
    arrange: (sim) => {
      refuse(sim, "list", 403);
      lose(sim);
    },
    says: /It is unclear.*Wait 10 minutes.*\nPerhaps created and billed: the replica of the request/,
  },
  {
    code: "HTTP-401",
    what: "The API rejects the key.",
    arrange: (sim) => refuse(sim, "list", 401),
    says: /The API key was rejected: check that the secret.*\nNothing was created/,
  },
  {
    code: "NETWORK",
    what: "Nobody answers at the API's address.",
    inputs: { api_url: "https://api.nowhere.invalid/api/v1" },
    says: /host name does not resolve/,
  },
  {
    code: "NO_URL",
    what: "The replica runs, nobody tells its URL, and its health is to be checked.",
    inputs: { health_check: "/healthz", wait_timeout: "90s" },
    world: { replicaPlans: [{ endpointsNever: true, instanceIdNull: true, backfill: "skips" }] },
    says: /URL.*\nCreated, and billed until/,
  },
  {
    code: "MISMATCH",
    what: "The replica has another revision than was asked for.",
    inputs: { compose_hash: "SOURCE" },
    world: { replicaPlans: [{ madeWithHash: "ab".repeat(32) }] },
    says: /\nCreated, and billed until/,
  },
  {
    code: "UNVERIFIED",
    what: "The replica booted another OS image than its source.",
    inputs: { verify: "require" },
    world: { replicaPlans: [{ lie: "other-os" }] },
    says: /is not verified, by the OS image \(os\): expected.*\nCreated, and billed until/,
  },
  {
    code: "DEAD",
    what: "An instance that counts toward `instances` is dead.",
    inputs: { instances: "2" },
    world: { deadInstances: ["error"] },
    says: /does not run \(status error\), is billed and counts/,
  },
  {
    code: "TAKEN",
    what: "The name belongs to a CVM of another app in the workspace.",
    inputs: { name: "web-eu-1" },
    arrange: (sim) => {
      sim.addStranger({ name: "web-eu-1", appId: sim.world.otherAppId });
    },
    says: /The name web-eu-1 is taken.*of the app [0-9a-f]{40} has it.*\nNothing was created/,
  },
  {
    code: "LIMIT",
    what: "One more instance would be more than `max_instances` allows.",
    inputs: { count: "2", max_instances: "2" },
    says: /The app has 1 instance, of whatever state.*write max_instances: 3/,
  },
  {
    code: "LIMIT",
    what: "More would be deleted than max_deletions allows.",
    command: "delete",
    inputs: { name: "web-*", max_deletions: "2" },
    world: { liveInstances: 4 },
    says: /write max_deletions: 3; if not, narrow the selection\.\nNothing was deleted\./,
  },
  {
    code: "NOT_FOUND",
    what: "An entry of keep is not in the app.",
    command: "delete",
    inputs: { name: "web-*", keep: "web-sed1" },
    world: { liveInstances: 3 },
    says: /so nothing was done.*\n- web-sed1 is not in the app\nNothing was deleted/,
  },
  {
    code: "KEPT",
    what: "The last running one was asked for by its name.",
    command: "delete",
    inputs: { name: "web" },
    says: /not deleted.*\n- web \(.*keep_at_least keeps.*\nDeleted: 0 of 1 selected/,
  },
  {
    code: "INTERNAL",
    what: "The file for the state cannot be written.",
    unwritable: "state",
    says: /state for the post step could not be written/,
  },
  {
    code: "ERR-01-005",
    what: "The app's KMS is a contract that does not allow the revision yet.",
    world: { onChain: true, chainHashes: "none" },
    says: /needs on-chain approval first/,
  },
  {
    code: "REJECTED",
    what: "The step is to register with a key that is not the owner's of the app's contract.",
    inputs: { private_key: "0ddba11".padEnd(64, "2"), rpc_url: SIMULATED_RPC },
    world: ON_CHAIN,
    says: /Nothing was signed: private_key is that of 0x.*Give the owner's key.*\nNothing was created/,
  },
  {
    code: "CHAIN",
    what: "The contract reverts the registration.",
    inputs: { private_key: OWNER_KEY, rpc_url: SIMULATED_RPC },
    world: ON_CHAIN,
    arrange: (sim) => {
      sim.node.evm.refusal = "registrations are closed";
    },
    says: /would refuse to register the device: registrations are closed.*\nNothing was created/,
  },
  {
    code: "HTTP-402",
    what: "The workspace cannot pay.",
    arrange: (sim) => refuse(sim, "create", 402),
    says: /balance is too low/,
  },
];

/** Plays one case to the end of main. */
export function playRed(one: RedCase) {
  const sim = new Simulation(one.world);
  one.arrange?.(sim);
  const hash = sim.world.source.composeHash;
  const inputs = Object.fromEntries(
    Object.entries(one.inputs ?? {}).map(([name, value]) => [
      name,
      value === "SOURCE" ? hash : value,
    ]),
  );
  const process = sim.start(inputs, one.command);
  if (one.unwritable !== undefined) process.runner.unwritable.add(one.unwritable);
  return process.finished;
}
