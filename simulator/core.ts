/**
 * The simulator without sockets and timers, for tests that drive it in one process under a clock of
 * their own: make a `World` with `now` and `seed`, ask `FaultPlan` what goes wrong with a request and
 * `actBefore` what that means, `handle` it, and ask `actAfter` what becomes of the answer. The same code
 * answers behind the HTTP server.
 */
export { actAfter, actBefore, bytesOf, type End, type Sent, statusOf } from "./acts.ts";
export { BASE_PATH, CREATING, handle, routeName } from "./api.ts";
export { type Fault, type FaultKind, FaultPlan } from "./faults.ts";
export { type GatewayAct, type GatewayDecision, gateway, gatewayPathOf } from "./gateway.ts";
export { faultFrom } from "./given.ts";
export type { WorldOptions } from "./options.ts";
export type { Health, NodeSpec, ReplicaPlan } from "./plans.ts";
export { type Random, seededRandom } from "./random.ts";
export { type CvmSummary, summaries } from "./record.ts";
export { addStranger, type Stranger } from "./stranger.ts";
export type { ApiAnswer, ApiRequest, Cvm, CvmUpdate } from "./types.ts";
export { World } from "./world.ts";
