/** Every world of up to three wishes is walked through to its last state, whatever is answered and when. */
import { describe, expect, it } from "@jest/globals";
import { type Circumstances, type NextAsk, nextAsk } from "../../src/fleet/plan/next-ask.ts";
import {
  type CreateVerdict,
  newWish,
  take,
  type Wish,
  type WishEvent,
  type Wishes,
} from "../../src/fleet/plan/wishes.ts";

const verdict = (over: Partial<CreateVerdict>): CreateVerdict => ({
  made: "no",
  of: "request",
  againMs: null,
  conflict: false,
  ...over,
});

/** What a request may be answered with; what may be tried again is so only a few times. */
const ANSWERS: Readonly<Record<string, (tries: number) => CreateVerdict>> = {
  lost: () => verdict({ made: "maybe" }),
  refused: () => verdict({}),
  busy: (tries) => verdict({ againMs: tries < 2 ? 1_000 : null, conflict: true }),
  full: () => verdict({ of: "node" }),
  run: () => verdict({ of: "run" }),
  "not sent": (tries) => verdict({ made: "never", againMs: tries < 2 ? 1_000 : null }),
};

interface Model {
  readonly all: Wishes;
  readonly around: Circumstances;
  /** By key: how often it was asked for, how often since it was last looked for, and whether one may be there. */
  readonly sent: Readonly<Record<string, { tries: number; looked: boolean; doubt: number }>>;
}

const start = (wishes: readonly Wish[], width: number, roomUntil: number | null): Model => ({
  all: { wishes, width, namesHold: false, refused: false, unknownInARow: 0 },
  around: { now: 1_000, cancelled: false, roomUntil },
  sent: Object.fromEntries(wishes.map(({ key }) => [key, { tries: 0, looked: true, doubt: 0 }])),
});

const after = (model: Model, event: WishEvent): Model => ({
  ...model,
  all: take(model.all, event),
});

/** All that may come next. */
function* successors(model: Model, next: NextAsk): Generator<Model> {
  const { all, around } = model;
  if (next.do === "ask") {
    const wish = find(model, next.key);
    const sent = model.sent[next.key] ?? { tries: 0, looked: true, doubt: 0 };
    check(model, wish, sent);
    yield {
      ...after(model, { key: next.key, is: "asked" }),
      sent: { ...model.sent, [next.key]: { ...sent, tries: sent.tries + 1, looked: false } },
    };
  } else if (next.do === "search") {
    const searching = after(model, { key: next.key, is: "searching" });
    yield looked(searching, next.key);
  } else if (next.do === "again") {
    yield after(model, { key: next.key, is: "again", notBefore: next.notBefore });
  } else if (next.do === "full") {
    yield after(model, { key: next.key, is: "full", notBefore: next.notBefore });
  } else if (next.do === "elsewhere") {
    yield after(model, { key: next.key, is: "elsewhere" });
  } else if (next.do === "skip") {
    yield after(model, { key: next.key, is: "settled", as: "skipped" });
  } else if (next.do === "leave") {
    yield after(model, { key: next.key, is: "settled", as: "left" });
  } else if (next.do === "give-up") {
    yield after(model, { key: next.key, is: "settled", as: next.as });
  } else if (next.do === "wait") {
    const moving = all.wishes.filter(({ state }) => ["asked", "searching"].includes(state.at));
    if (moving.length === 0 && next.until === null) throw new Error("it waits for nothing");
    if (next.until !== null) {
      if (next.until <= around.now) throw new Error("it waits for what is due");
      yield { ...model, around: { ...around, now: next.until } };
    }
    yield* ends(model, moving);
    if (!around.cancelled) yield { ...model, around: { ...around, cancelled: true } };
  }
}

/** What is under way comes to one of its ends. */
function* ends(model: Model, moving: readonly Wish[]): Generator<Model> {
  for (const { key, named, state } of moving) {
    if (state.at === "searching") {
      yield looked(after(model, { key, is: "not-there" }), key);
      yield after(model, { key, is: "made", bearsName: named });
      continue;
    }
    yield after(model, { key, is: "made", bearsName: named });
    for (const answer of Object.values(ANSWERS)) {
      const told = answer(model.sent[key]?.tries ?? 0);
      const sent = model.sent[key] ?? { tries: 0, looked: true, doubt: 0 };
      const doubt = sent.doubt + (told.made === "maybe" ? 1 : 0);
      const seen = { ...sent, doubt, looked: told.made === "never" };
      yield {
        ...after(model, { key, is: "answered", verdict: told }),
        sent: { ...model.sent, [key]: seen },
      };
    }
  }
}

const looked = (model: Model, key: string): Model => ({
  ...model,
  sent: { ...model.sent, [key]: { ...(model.sent[key] ?? { tries: 0, doubt: 0 }), looked: true } },
});

function find({ all }: Model, key: string): Wish {
  const wish = all.wishes.find((one) => one.key === key);
  if (wish === undefined) throw new Error(`no wish ${key}`);
  return wish;
}

/** What holds whenever a request goes out. */
function check(
  { all, around }: Model,
  wish: Wish,
  sent: { readonly tries: number; readonly looked: boolean; readonly doubt: number },
): void {
  if (around.cancelled) throw new Error("asked after the cancel");
  if (all.refused) throw new Error("asked after an answer about the run");
  if (all.unknownInARow >= 2) throw new Error("asked past the brake");
  if (!sent.looked) throw new Error("asked again without a look");
  if (sent.doubt > 1) throw new Error("asked again after two lost answers");
  if (sent.doubt > 0 && !wish.once && !(wish.named && all.namesHold)) {
    throw new Error("asked again although one may be there");
  }
  if (wish.place >= wish.places) throw new Error("asked for a place that there is not");
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
  ...newWish(`new-${index}`, { named: false, once: false, places: 1 }),
  ...over,
});

it("one of unknown fate whose answer spoke of the whole run ends the asking", () => {
  const two = ["new-0", "new-1"].map((key) =>
    newWish(key as Wish["key"], { named: false, once: false, places: 1 }),
  );
  const { around, all } = start(two, 1, null);
  const settled = { key: "new-0", is: "settled", as: "unknown" } as const;
  expect(nextAsk(take(all, { ...settled, ofRun: false }), around)).toMatchObject({ do: "ask" });
  expect(nextAsk(take(all, { ...settled, ofRun: true }), around)).toEqual({
    do: "skip",
    key: "new-1",
    why: "run-refused",
  });
});

describe("all worlds", () => {
  it.each([
    ["one, unnamed, two places", start([wish(0, { places: 2 })], 1, null)],
    ["one commit", start([wish(0, { once: true })], 1, null)],
    ["three, unnamed", start([wish(0), wish(1), wish(2)], 1, null)],
    ["two, named, at once", start([wish(0, { named: true }), wish(1, { named: true })], 2, null)],
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
