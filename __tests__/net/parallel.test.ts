import { describe, expect, it } from "@jest/globals";
import { inParallel } from "../../src/net/parallel.ts";

describe("work on several items", () => {
  it("goes a few at a time, in their order, and answers in their order", async () => {
    const begun: number[] = [];
    const ends = new Map<number, () => void>();
    const all = inParallel([1, 2, 3, 4], 2, async (n) => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.set(n, resolve));
      return n * 10;
    });
    const end = async (n: number) => {
      ends.get(n)?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    expect(begun).toEqual([1, 2]);
    await end(2);
    expect(begun).toEqual([1, 2, 3]);
    await end(3);
    await end(1);
    await end(4);
    expect(await all).toEqual([10, 20, 30, 40]);
  });

  it("is done at once with nothing", async () => {
    expect(await inParallel([], 8, async () => 1)).toEqual([]);
  });
});
