/** Which row of the app's list is a CVM's whose own row told no UUID. Pure. */
import { type Cvm, cvmKey } from "../../phala/cvm.ts";
import { isGoing } from "../../phala/status.ts";

/**
 * By its name, which no other CVM of the workspace has (API facts, 9), or by its id where it has none: what
 * the API calls an id is not always one.
 *
 * @param known UUIDs of others
 * @returns null: none, or more than one that could be it
 */
export function rowOf(
  { name, id }: Pick<Cvm, "name" | "id">,
  rows: readonly Cvm[],
  { appId, known }: { readonly appId: string; readonly known: ReadonlySet<string> },
): Cvm | null {
  const same = rows.filter((row) => {
    if (row.deleted || (row.appId !== null && row.appId !== appId)) return false;
    if (row.vmUuid !== null && known.has(row.vmUuid)) return false;
    return name === null ? id !== null && row.id === id : row.name === name;
  });
  const named = same.filter(({ vmUuid }) => vmUuid !== null);
  const found = named.length === 0 ? same : named;
  // One that is on its way out may bear the name as long as its row stands.
  const staying = found.filter(({ status }) => !isGoing(status));
  const [row, ...others] = staying.length === 0 ? found : staying;
  if (row === undefined || others.some((other) => cvmKey(other) !== cvmKey(row))) return null;
  return row;
}
