/** What one more fact makes of a replica. */
import type { Fault } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Fact, ReplicaFact } from "./fact.ts";
import { identOf, type Replica, type Try } from "./replica.ts";
import type { Ident, Stage } from "./terms.ts";
import type { Trouble } from "./trouble.ts";

/** The replica with one more fact taken into account. Pure. */
export function fold(replica: Replica, fact: Fact & ReplicaFact): Replica {
  const { at } = fact;
  switch (fact.fact) {
    case "found":
      return {
        ...replica,
        ident: fact.ident,
        origin: "existing",
        fate: "there",
        cvm: fact.cvm,
        status: fact.cvm?.status ?? replica.status,
      };
    case "planned":
      return { ...replica, slot: fact.slot, trouble: null };
    case "skipped":
      return { ...replica, trouble: fact.trouble };
    case "asking":
      return asked(replica, fact, at);
    case "lost":
      return { ...replica, tries: withFault(replica.tries, fact.fault), doubted: true };
    case "unmade":
      return unmade(replica);
    case "overtaken": {
      const doubt = { since: replica.since ?? at, nextAt: fact.nextAt };
      return { ...replica, doubted: false, earlier: [...replica.earlier, doubt] };
    }
    case "refused":
      return { ...unmade(replica), trouble: fact.trouble };
    case "searched":
      return { ...replica, fate: "unknown", trouble: fact.trouble };
    case "approval":
      return { ...unmade(replica), need: fact.need, trouble: fact.trouble };
    case "created":
      return there(replica, "created", "answer", fact.ident, at, { vm: fact.vm });
    case "adopted":
      return there(replica, "adopted", fact.proof, fact.ident, at, rowOf(fact.cvm));
    case "located":
      return { ...replica, ident: merged(replica.ident, fact.ident), ...rowOf(fact.cvm) };
    case "ending":
      return { ...replica, endsAt: fact.until };
    case "limited":
      return {
        ...replica,
        endsAt: fact.until,
        until: fact.until,
        trouble: withoutLimit(replica.trouble),
      };
    case "seen":
      return seen(replica, fact.cvm, fact.status.status);
    case "reached":
      return reached(replica, fact.stage, fact.url, at);
    case "verifying":
      return { ...replica, times: { ...replica.times, verifying: at } };
    case "attested":
      return { ...replica, attested: fact.attested };
    case "failed":
      if (fact.during === "going-back") return backFailed(replica, fact.trouble);
      return {
        ...replica,
        trouble: withTrouble(replica.trouble, fact),
        times: isWaiting(fact.during) ? { ...replica.times, failed: at } : replica.times,
      };
    case "updating":
      return updating(replica, fact, at);
    case "away":
      return { ...replica, times: { ...replica.times, away: replica.times.away ?? at } };
    case "updated":
      return updated(replica, fact.to, at);
    case "withdrawn":
      return { ...replica, revision: null, times: {} };
    case "warned":
      return { ...replica, warnings: [...replica.warnings, fact.trouble] };
    case "spared":
      return { ...replica, spared: fact.why };
    case "deleting":
      return { ...replica, fate: "going" };
    case "accepted":
      return replica;
    case "begun":
      return { ...replica, begun: true };
    case "deleted":
      return { ...replica, fate: "gone", goneBy: "us", status: "deleted" };
    case "vanished":
      return { ...replica, fate: "gone", goneBy: "somebody", status: "deleted" };
  }
}

type Of<F extends ReplicaFact["fact"]> = Extract<ReplicaFact, { fact: F }>;

/**
 * A request goes out. What an earlier try may have made keeps its `since`; after a certain no nothing made
 * before this one is ours. A commit may have worked at any of its tries, so the first one counts.
 */
function asked(replica: Replica, { via, place, attempt }: Of<"asking">, at: number): Replica {
  const again = via === "commit" && attempt > 1 && replica.tries.at(-1)?.via === "commit";
  const now: Replica = {
    ...replica,
    fate: via === "prepare" ? "nothing" : "open",
    since: replica.doubted || again ? (replica.since ?? at) : at,
    tries: [...replica.tries, { at, via, place, fault: null }],
  };
  return attempt === 1 ? { ...now, trouble: null, times: { sent: at } } : now;
}

/** What nobody can tell is not settled by what is told of it later, but by another request. */
function unmade(replica: Replica): Replica {
  if (replica.fate === "unknown") return replica;
  return { ...replica, fate: "nothing", since: null, doubted: false };
}

function withFault(tries: readonly Try[], fault: Fault): readonly Try[] {
  const last = tries.at(-1);
  return last === undefined ? tries : [...tries.slice(0, -1), { ...last, fault }];
}

function there(
  replica: Replica,
  origin: "created" | "adopted",
  proof: NonNullable<Replica["proof"]>,
  ident: Ident,
  at: number,
  more: Partial<Replica>,
): Replica {
  return {
    ...replica,
    ...more,
    origin,
    proof,
    fate: "there",
    doubted: false,
    ident: merged(replica.ident, ident),
    trouble: null,
    times: { ...replica.times, made: at },
  };
}

function rowOf(cvm: Cvm | null): Partial<Replica> {
  return cvm === null ? {} : { cvm, status: cvm.status };
}

/** What is newly known goes over what was known; silence takes nothing back. */
function merged(before: Ident, now: Ident): Ident {
  return {
    id: now.id ?? before.id,
    uuid: now.uuid ?? before.uuid,
    name: now.name ?? before.name,
    nodeId: now.nodeId ?? before.nodeId,
    nodeName: now.nodeName ?? before.nodeName,
    instanceId: now.instanceId ?? before.instanceId,
    url: now.url ?? before.url,
  };
}

function seen(replica: Replica, cvm: Cvm | null, status: string): Replica {
  const now =
    cvm === null ? replica : { ...replica, cvm, ident: merged(replica.ident, identOf(cvm)) };
  return { ...now, status };
}

function reached(replica: Replica, stage: Stage, url: string | null, at: number): Replica {
  const ident = url === null ? replica.ident : { ...replica.ident, url };
  return { ...replica, ident, times: { ...replica.times, [stage]: replica.times[stage] ?? at } };
}

/** A `ttl` that is set in the end takes its own failure back, and no other. */
function withoutLimit(trouble: Trouble | null): Trouble | null {
  const limit = trouble?.kind === "request" && trouble.doing.do === "limit";
  return limit ? null : trouble;
}

/** Going back takes nothing of what went before: why it goes back is told in the end. */
function updating(replica: Replica, { from, to, back }: Of<"updating">, at: number): Replica {
  if (back && replica.revision !== null) {
    const revision = { ...replica.revision, back: "asked" } as const;
    return { ...replica, revision, times: { ...replica.times, backSent: at } };
  }
  const revision = { from, to, done: false, back: null, backTrouble: null };
  return { ...replica, revision, trouble: null, times: { sent: at } };
}

function updated(replica: Replica, to: string, at: number): Replica {
  const { revision, times } = replica;
  if (revision?.back === "asked") {
    return {
      ...replica,
      revision: { ...revision, back: "done" },
      times: { ...times, backDone: at },
    };
  }
  const now = revision ?? { from: null, to, back: null, backTrouble: null };
  return { ...replica, revision: { ...now, to, done: true }, times: { ...times, updated: at } };
}

function backFailed(replica: Replica, trouble: Trouble): Replica {
  if (replica.revision === null) return replica;
  const revision = { ...replica.revision, back: "failed", backTrouble: trouble } as const;
  return { ...replica, revision };
}

/** What failed while it was waited for has a moment in which it was given up. */
function isWaiting(during: Of<"failed">["during"]): boolean {
  return during === "following" || during === "updating";
}

/** The first counts; what a `ttl` met hides nothing that failed before, nor is it hidden. */
function withTrouble(first: Trouble | null, { during, trouble }: Of<"failed">): Trouble {
  if (first === null) return trouble;
  return during === "limiting" ? { kind: "both", first, ttl: trouble } : first;
}
