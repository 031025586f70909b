/** A state that can't be written: what was not sent is not sent, and what was is carried on with. */
import { describe, expect, it } from "@jest/globals";
import { isUnwritable, Unwritable } from "../../src/action/unwritable.ts";
import type { ReplicaFact } from "../../src/ledger/fact.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { lenient } from "../../src/ledger/lenient.ts";
import { NOBODY } from "../../src/ledger/replica.ts";

type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;
const asking = (via: "create" | "prepare" | "commit"): Unkeyed<ReplicaFact> => ({
  fact: "asking",
  via,
  attempt: 1,
  place: { nodeId: null, name: null },
});
const CREATED = { fact: "created", ident: NOBODY, vm: null } as const;

/** A ledger on a disk that is full from now on, and what was told of it. */
function onFullDisk(error: Error = new Unwritable("state", new Error("ENOSPC"))) {
  const disk = { full: false, written: 0 };
  const write = () => {
    if (disk.full) throw error;
    disk.written++;
  };
  const told: string[] = [];
  const pen = lenient({ run: write, replica: write }, isUnwritable, ({ key }, why) => {
    told.push(`${key}: ${why}`);
  });
  const ledger = new Ledger(() => 0, pen);
  const append = (fact: Unkeyed<ReplicaFact>, key: `new-${number}` = "new-0") =>
    ledger.append({ replica: key, ...fact });
  return { disk, told, append, ledger };
}

describe("a state that can't be written", () => {
  it.each(["create", "commit"] as const)("lets no %s leave", (via) => {
    const { disk, append, told } = onFullDisk();
    disk.full = true;
    expect(() => append(asking(via))).toThrow(Unwritable);
    expect(told).toEqual([]);
  });

  it("is no reason to hold a prepare back, which makes nothing", () => {
    const { disk, append, told } = onFullDisk();
    disk.full = true;
    append(asking("prepare"));
    expect(told).toHaveLength(1);
  });

  it("is told once of each replica that was asked for before", () => {
    const { disk, append, told } = onFullDisk();
    for (const key of ["new-0", "new-1"] as const) append(asking("create"), key);
    disk.full = true;
    for (const key of ["new-0", "new-1"] as const) {
      append(CREATED, key);
      append({ fact: "ending", until: 1 }, key);
    }
    expect(told).toEqual([
      expect.stringMatching(/^new-0: .*ENOSPC/),
      expect.stringMatching(/^new-1: .*ENOSPC/),
    ]);
  });

  it("holds up nothing that nobody asked for, and writes none of it", () => {
    const { disk, append, told } = onFullDisk();
    append({ fact: "found", ident: NOBODY, cvm: null });
    disk.full = true;
    append({ fact: "vanished" });
    expect([disk.written, told]).toEqual([0, []]);
  });

  it("ends the run where the outcome can't be saved, and where the error is another", () => {
    const { disk, ledger } = onFullDisk();
    disk.full = true;
    const ended = { fact: "ended", outcome: "created", ownFailure: false } as const;
    expect(() => ledger.append(ended)).toThrow(Unwritable);
    const other = onFullDisk(new TypeError("a bug"));
    other.append(asking("create"));
    other.disk.full = true;
    expect(() => other.append(CREATED)).toThrow(TypeError);
  });
});
