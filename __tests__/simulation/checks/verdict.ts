/** Outcome, error code, exit code and annotation tell the same story, and it is the true one. */
import { mistakesOf } from "../evidence.ts";
import { errorsOf, hasBegun, outcomeIn, type Reading } from "../reading.ts";

const GOOD = ["created", "unchanged", "dry_run"];
const BAD = ["partial", "timeout", "cancelled", "failed"];
const CODE =
  /^(ERR-[0-9A-Za-z-]+|HTTP-\d{3}|NETWORK|TIMEOUT|INPUT|UNHEALTHY|BOOT|AMBIGUOUS|DEAD|NO_URL|MISMATCH|TAKEN)$/;

export function* verdict(reading: Reading): Generator<string> {
  const { main, run } = reading;
  for (const one of [main, ...run.posts]) {
    const errors = errorsOf(one).length;
    if (one.exitCode === 0 && errors > 0) yield `${one.kind}: an annotation on success`;
    if (one.exitCode === 1 && errors !== 1) yield `${one.kind}: ${errors} annotations on failure`;
    if (one.exitCode !== null && one.leftOpen > 0)
      yield `${one.kind}: ${one.leftOpen} waits left open`;
    for (const text of mistakesOf(one)) yield `${one.kind}: a mistake of its own: ${text}`;
    if (errorsOf(one).some((text) => /\[object|undefined|NaN/.test(text))) {
      yield `${one.kind}: an annotation that nobody understands: ${errorsOf(one)[0]}`;
    }
  }
  if (main.exitCode === null) return;
  yield* codes(reading);
  if (main.exitCode === 0) yield* success(reading);
}

function* codes({ main, wish, entries }: Reading): Generator<string> {
  const { outcome = "", error_code: code = "" } = main.runner.outputs;
  const says = `outcome ${outcome}, error_code "${code}", exit ${main.exitCode}`;
  const asked = wish.kind === "prepare";
  if (main.exitCode === 0) {
    const good = GOOD.includes(outcome) || (outcome === "pending_approval" && asked);
    if (!good || code !== "") yield says;
  } else if (outcome === "pending_approval") {
    if (code !== "ERR-01-005" || asked) yield says;
  } else if (!BAD.includes(outcome)) {
    yield says;
  } else if (outcome === "cancelled") {
    if (code !== "" || main.cancelledAt === null) yield says;
  } else if (!CODE.test(code) || (outcome === "timeout" && code !== "TIMEOUT")) {
    yield says;
  }
  const good = entries.filter((entry) => ["created", "adopted"].includes(String(entry.outcome)));
  if (outcome === "partial" && good.length === 0) yield "partial, but none is good";
  if (outcome === "failed" && good.length > 0) yield "failed, but some are good";
  const state = outcomeIn(main.runner.saved);
  if (hasBegun(main.runner.saved) && state !== outcome) yield `outcome saved as ${state}`;
}

function* success(reading: Reading): Generator<string> {
  const { main, wish, entries, asked, made, show } = reading;
  const { outcome } = main.runner.outputs;
  const fresh = entries.filter((entry) => ["created", "adopted"].includes(String(entry.outcome)));
  // A name that is there by the time that it is asked for was another job's request.
  const standing = entries.filter((entry) => entry.outcome === "existing").length;
  const reached = wish.names.length > 0 ? fresh.length + standing : fresh.length;
  const due = wish.names.length > 0 ? wish.names.length : asked;
  if (outcome === "created" && reached !== due) yield `created ${reached} of ${due}`;
  if (outcome === "unchanged" && made.length > 0) yield "unchanged, but something was made";
  if (outcome === "pending_approval" && made.length > 0) yield "pending, but something was made";
  if (!wish.wait || outcome !== "created") return;
  for (const entry of fresh) {
    const uuid = String(entry.vm_uuid);
    const cvm = show.sim.world.find(uuid);
    if (entry.status !== "running") yield `green although ${uuid} is ${entry.status}`;
    if (cvm !== undefined && bootsLater(cvm.createdAt + cvm.plan.bootMs, reading, uuid)) {
      yield `green before ${uuid} ran`;
    }
    if (!wish.health) continue;
    const answers = show.sim.gatewayRequests.filter(
      ({ vmUuid, target }) => vmUuid === uuid && target === "instance",
    );
    const lastTwo = answers.slice(-2).map(({ status }) => status ?? 0);
    if (lastTwo.length < 2 || lastTwo.some((status) => status < 200 || status > 299)) {
      yield `green although ${uuid} answered ${lastTwo.join(", ")} last`;
    }
  }
}

/** By the world's clock; a CVM whose steps say otherwise runs when they say. */
function bootsLater(runsAt: number, { main, show }: Reading, uuid: string): boolean {
  const { world } = show.sim;
  const scripted = (world.find(uuid)?.plan.steps ?? []).length > 0;
  return !scripted && runsAt > main.endedAt + world.settings.clockSkewMs;
}
