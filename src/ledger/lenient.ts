import type { ReplicaFact } from "./fact.ts";
import type { Pen } from "./ledger.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaKey } from "./terms.ts";

/**
 * The pen of create, which carries on where it can't write what came of a request that was sent: its `ttl` and its wait
 * are still to come, and post searches for what it finds open. What is about to be sent is another matter: without its
 * record nothing leaves.
 *
 * @param isUnwritable whether an error says that the state can't be written
 * @param warn told once of each replica that post does not know all about
 */
export function lenient(
  pen: Pen,
  isUnwritable: (error: unknown) => error is Error,
  warn: (replica: Replica, why: string) => void,
): Pen {
  const warned = new Set<ReplicaKey>();
  return {
    run: (run) => pen.run(run),
    replica(index, replica, fact) {
      // Of what nobody asked for, post has nothing to know.
      if (replica.tries.length === 0) return;
      try {
        pen.replica(index, replica, fact);
      } catch (error) {
        if (mayMake(fact) || !isUnwritable(error)) throw error;
        if (!warned.has(replica.key)) warn(replica, error.message);
        warned.add(replica.key);
      }
    },
  };
}

/** Whether a request follows that may make a replica. A prepare makes none. */
function mayMake(fact: ReplicaFact): boolean {
  return fact.fact === "asking" && fact.via !== "prepare";
}
