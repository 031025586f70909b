/** What post's search leaves over: nothing that was found for another request is among it. */
import { expect, it } from "@jest/globals";
import { LateSearch } from "../../src/fleet/late-search.ts";
import type { Left } from "../../src/fleet/left.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { blankReplica, type Replica } from "../../src/ledger/replica.ts";
import { blankRun } from "../../src/ledger/run-so-far.ts";
import { APP_ID, bench, row, START_AT, uuid } from "../support/desk.ts";

const SLOT = { nodeName: null, composeHash: null, expectedHash: null };

function lost(index: number, nodeId: number | null): Replica {
  const slot = { ...SLOT, index, nodeId };
  const since = START_AT - 600_000 + index;
  return { ...blankReplica(`new-${index}`), slot, fate: "open", since };
}

it("what post found for one request is no candidate of another", async () => {
  const made = (n: number, node: number) =>
    row(n, { node: { id: node }, teepod_id: node, created_at: "2026-07-02T07:59:00Z" });
  const b = bench(() => ({ status: 200, body: [row(9), made(1, 26), made(2, 27)] }));
  // The newer one may be either; the older one is on node 26 alone.
  const replicas = [lost(0, 26), lost(1, null)];
  const left = {
    began: { appId: APP_ID, source: uuid(9), exclusive: false },
    known: [uuid(9)],
    clockOffsetMs: 0,
    replicas,
  } as unknown as Left;
  const ledger = new Ledger(() => b.clock.now(), NO_PEN, { run: blankRun, replicas });
  const search = new LateSearch({ ...b, ledger }, left);
  const found = await b.clock.drive(search.first());
  expect(found.map(({ ident, proof }) => [ident.uuid, proof])).toEqual([[uuid(1), "elimination"]]);
  expect(search.leftovers().candidates.map(({ vmUuid }) => vmUuid)).toEqual([uuid(2)]);
});
