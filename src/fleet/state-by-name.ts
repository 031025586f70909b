/** The saved state by its names, for runners that show no list of it. */
import { KNOWN, REPLICA, RUN } from "../ledger/saved.ts";

/** More instances than an app has, and than `vm_uuids` takes. */
const MOST_SAVED = 2_000;

/**
 * The names that `get` has a value for, of all that main may save but deployments, whose names nobody can
 * guess. For runners that answer when they are asked for a name, and show no list of them.
 */
export function stateByName(get: (name: string) => string): Record<string, string> {
  const found: Record<string, string> = {};
  const take = (name: string) => {
    const value = get(name);
    if (value !== "") found[name] = value;
    return value !== "";
  };
  take(RUN);
  // Of the replicas some may never have been written: a gap is no end.
  for (let n = 0; n < MOST_SAVED; n++) take(REPLICA + n);
  for (let n = 0; take(KNOWN + n); n++);
  return found;
}
