/** Every world of up to three wishes is walked through to its last state, whatever is answered and when. */
import { describe, expect, it } from "@jest/globals";
import { type Circumstances, type NextAsk, nextAsk } from "../../src/fleet/plan/next-ask.ts";
import {
  newWish,
  type Refusal,
  take,
  type Wish,
  type WishEvent,
  type Wishes,
} from "../../src/fleet/plan/wishes.ts";

const refusal = (over: Partial<Refusal>): Refusal => ({ of: "request", againMs: null, ...over });

/** What a request may be refused with; what may be tried again is so only a few times. */
const REFUSALS: Readonly<Record<string, (tries: number) => Refusal>> = {
  refused: () => refusal({}),
  busy: (tries) => refusal({ againMs: tries < 2 ? 1_000 : null }),
  full: () => refusal({ of: "node" }),
  run: () => refusal({ of: "run" }),
};

interface Model {
  readonly all: Wishes;
  readonly around: Circumstances;
  /** By key: how often it was asked for. */
  readonly tries: Readonly<Record<string, number>>;
}

const start = (wishes: readonly Wish[], width: number, roomUntil: number | null): Model => ({
  all: { wishes, width, refused: false, unknownInARow: 0 },
  around: { now: 1_000, cancelled: false, roomUntil },
  tries: {},
});

const after = (model: Model, event: WishEvent): Model => ({
  ...model,
  all: take(model.all, event),
});

/** All that may come next. */
function* successors(model: Model, next: NextAsk): Generator<Model> {
  switch (next.do) {
    case "ask": {
      const { key } = next;
      check(model, find(model, key));
      const tries = { ...model.tries, [key]: (model.tries[key] ?? 0) + 1 };
      yield { ...after(model, { key, is: "asked" }), tries };
      break;
    }
    case "again":
    case "full":
      yield after(model, { key: next.key, is: next.do, notBefore: next.notBefore });
      break;
    case "elsewhere":
      yield after(model, { key: next.key, is: "elsewhere" });
      break;
    case "skip":
      yield after(model, { key: next.key, is: "settled", as: "skipped" });
      break;
    case "give-up":
      yield after(model, { key: next.key, is: "settled", as: "refused" });
      break;
    case "wait":
      yield* passing(model, next.until);
      break;
  }
}

function* passing(model: Model, until: number | null): Generator<Model> {
  const { all, around } = model;
  const moving = all.wishes.filter(({ state }) => ["asked", "doubted"].includes(state.at));
  if (moving.length === 0 && until === null) throw new Error("it waits for nothing");
  if (until !== null) {
    if (until <= around.now) throw new Error("it waits for what is due");
    yield { ...model, around: { ...around, now: until } };
  }
  for (const { key, state } of moving) {
    yield after(model, { key, is: "made" });
    if (around.cancelled) yield after(model, { key, is: "settled", as: "left" });
    for (const refused of Object.values(REFUSALS)) {
      yield after(model, { key, is: "refused", refusal: refused(model.tries[key] ?? 0) });
    }
    if (state.at === "asked") yield after(model, { key, is: "doubted" });
    else {
      yield after(model, { key, is: "settled", as: "unknown" });
      yield after(model, { key, is: "settled", as: "unknown", ofRun: true });
    }
  }
  if (!around.cancelled) yield { ...model, around: { ...around, cancelled: true } };
}

function find({ all }: Model, key: string): Wish {
  const wish = all.wishes.find((one) => one.key === key);
  if (wish === undefined) throw new Error(`no wish ${key}`);
  return wish;
}

/** What holds whenever a request goes out. */
function check({ all, around }: Model, { state, place, places }: Wish): void {
  if (around.cancelled) throw new Error("asked after the cancel");
  if (all.refused) throw new Error("asked after an answer about the run");
  const doubted = all.wishes.filter((one) => one.state.at === "doubted").length;
  if (all.unknownInARow + doubted >= 2) throw new Error("asked past the brake");
  if (state.at !== "waiting") throw new Error(`asked for what is ${state.at}`);
  const moving = all.wishes.filter((one) => !["waiting", "settled"].includes(one.state.at));
  if (moving.length >= all.width) throw new Error("more under way than allowed");
  if (place >= places) throw new Error("asked for a place that there is not");
}

function explore(first: Model): { readonly states: number; readonly ends: number } {
  const known = new Set<string>();
  const open = [first];
  let ended = 0;
  for (let model = open.pop(); model !== undefined; model = open.pop()) {
    const next = nextAsk(model.all, model.around);
    if (next.do === "done") {
      ended++;
      continue;
    }
    for (const one of successors(model, next)) {
      const id = JSON.stringify(one);
      if (known.has(id)) continue;
      known.add(id);
      open.push(one);
    }
  }
  return { states: known.size, ends: ended };
}

const wish = (index: number, over: Partial<Wish> = {}): Wish => ({
  ...newWish(`new-${index}`, { named: false, places: 1 }),
  ...over,
});

it("one of unknown fate whose answer spoke of the whole run ends the asking", () => {
  const { around, all } = start([wish(0), wish(1)], 1, null);
  const settled = { key: "new-0", is: "settled", as: "unknown" } as const;
  expect(nextAsk(take(all, { ...settled, ofRun: false }), around)).toMatchObject({ do: "ask" });
  expect(nextAsk(take(all, { ...settled, ofRun: true }), around)).toEqual({
    do: "skip",
    key: "new-1",
    why: "run-refused",
  });
});

it("what is refused is tried elsewhere, later, or not at all, as the reason says", () => {
  const { around, all } = start([wish(0, { places: 2, named: true })], 1, 9_000);
  const asked = take(all, { key: "new-0", is: "asked" });
  const next = (over: Partial<Refusal>, from = asked) =>
    nextAsk(take(from, { key: "new-0", is: "refused", refusal: refusal(over) }), around);
  expect(next({})).toEqual({ do: "give-up", key: "new-0" });
  expect(next({ of: "run" })).toEqual({ do: "give-up", key: "new-0" });
  expect(next({ againMs: 500 })).toEqual({ do: "again", key: "new-0", notBefore: 1_500 });
  expect(next({ of: "node" })).toEqual({ do: "elsewhere", key: "new-0" });
  const last = take(take(asked, { key: "new-0", is: "elsewhere" }), { key: "new-0", is: "asked" });
  expect(next({ of: "node" }, last)).toEqual({ do: "full", key: "new-0", notBefore: 6_000 });
});

describe("all worlds", () => {
  it.each([
    ["one, unnamed, two places", start([wish(0, { places: 2 })], 1, null)],
    ["three, unnamed", start([wish(0), wish(1), wish(2)], 1, null)],
    ["two, named, at once", start([wish(0, { named: true }), wish(1, { named: true })], 2, null)],
    [
      "three, named, two at once",
      start(
        [0, 1, 2].map((index) => wish(index, { named: true })),
        2,
        null,
      ),
    ],
    [
      "one, named, two places, waits for room",
      start([wish(0, { named: true, places: 2 })], 1, 9_000),
    ],
  ])("%s", (_, first) => {
    const { states, ends: ended } = explore(first);
    expect(states).toBeGreaterThan(20);
    expect(ended).toBeGreaterThan(0);
  });
});
