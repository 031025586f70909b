import { describe, expect, it } from "@jest/globals";
import { chainOrderFrom, cvmOrderFrom, faultFrom, optionsFrom } from "../../simulator/given.ts";
import { settingsOf } from "../../simulator/options.ts";

describe("options that came as JSON", () => {
  it("take every setting of the world at its default", () => {
    const defaults = settingsOf({});
    expect(optionsFrom(JSON.parse(JSON.stringify(defaults)))).toEqual(defaults);
  });

  it("come through as they were given, and nothing is added", () => {
    const given = {
      bootMs: 2000,
      clockSkewMs: -5,
      bootFailureStatus: null,
      nodes: [{ id: 1, name: "one", images: ["dstack-0.5.9"] }],
      replicaPlans: [
        {},
        { steps: [{ atMs: 500, status: "exited", bootError: null }] },
        { health: { kind: "flap", statuses: [503, 200] } },
      ],
      tls: { key: "k", cert: "c" },
    };
    expect(optionsFrom(given)).toEqual(given);
  });

  it.each<[unknown, RegExp]>([
    [null, /^options is a JSON object, not null$/],
    [[], /^options is a JSON object, not \[\]$/],
    [{ onchain: true }, /^options has no "onchain"; it takes bootMs, onChain, /],
    [{ now: 5 }, /^options has no "now"/],
    [{ bootMs: "2000" }, /^options\.bootMs is a number from 0 on, not "2000"$/],
    [{ bootMs: -1 }, /^options\.bootMs is a number from 0 on, not -1$/],
    [{ liveInstances: 0 }, /^options\.liveInstances is a whole number from 1 on, not 0$/],
    [{ port: 65_536 }, /^options\.port is a whole number from 0 to 65535/],
    [{ clockSkewMs: "late" }, /^options\.clockSkewMs is a number, not "late"$/],
    [{ onChain: "yes" }, /^options\.onChain is true or false, not "yes"$/],
    [{ idStyle: "odd" }, /^options\.idStyle is one of number, string, not "odd"$/],
    [{ apiKey: 5 }, /^options\.apiKey is a text, not 5$/],
    [{ allowedEnvs: "A" }, /^options\.allowedEnvs is a list, not "A"$/],
    [{ allowedEnvs: ["A", 1] }, /^options\.allowedEnvs\[1\] is a text, not 1$/],
    [{ nodes: [{ name: "x" }] }, /^options\.nodes\[0\]\.id is missing$/],
    [
      { replicaPlans: [{}, { steps: [{ atMs: 5, stauts: "exited" }] }] },
      /^options\.replicaPlans\[1\]\.steps\[0\] has no "stauts"; it takes atMs, status, /,
    ],
    [{ apiKey: ["x".repeat(500)] }, /^options\.apiKey is a text, not \["x{50,60}…$/],
  ])("are refused: %j", (value, why) => {
    expect(() => optionsFrom(value)).toThrow(why);
  });
});

describe("a fault that came as JSON", () => {
  it.each([
    { route: "*", kind: "drop", when: "before", nth: 2, times: "always", path: "/x" },
    { route: "create", kind: "status", when: "after", status: 503, headers: { a: "b" }, body: "" },
    { route: "list", kind: "hang", when: "before", times: 3 },
    { route: "create", kind: "late", afterMs: 0.5 },
    { route: "create", kind: "delay", ms: 5 },
    { route: "unknown", kind: "drip", ms: 5 },
    { route: "state", kind: "endless" },
    { route: "cvm", kind: "huge", bytes: 5 },
    { route: "cvm", kind: "cut", bytes: 0 },
    { route: "cvm", kind: "garbage", form: "deep" },
    { route: "cvm", kind: "redirect", location: "/x" },
    { route: "cvm", kind: "empty", status: 204 },
  ])("is taken: %j", (fault) => {
    expect(faultFrom(fault)).toEqual(fault);
  });

  const drop = { route: "create", kind: "drop", when: "before" };
  it.each<[unknown, RegExp]>([
    [null, /^fault is a JSON object/],
    [{ kind: "drop", when: "before" }, /^fault\.route is missing$/],
    [{ route: "create" }, /^fault\.kind is missing$/],
    [{ route: "create", kind: "explode" }, /^fault\.kind is one of drop, status, .*"explode"$/],
    [{ route: "create", kind: "status", when: "before" }, /^fault\.status is missing$/],
    [{ ...drop, when: "whenever" }, /^fault\.when is one of before, after, not "whenever"$/],
    [{ ...drop, route: "creates" }, /^fault\.route is one of \*, unknown, create, /],
    [{ ...drop, status: 503 }, /^fault has no "status"; it takes kind, route, /],
    // The first request is number 1: a fault for number 0 would never strike.
    [{ ...drop, nth: 0 }, /^fault\.nth is a whole number from 1 on, not 0$/],
    [{ ...drop, times: "forever" }, /^fault\.times is a whole number from 1 on/],
    [{ ...drop, kind: "status", status: 42 }, /^fault\.status is a whole number from 200 to 599/],
    [
      { ...drop, kind: "status", status: 503, headers: { "retry-after": 5 } },
      /^fault\.headers\.retry-after is a text, not 5$/,
    ],
  ])("is refused: %j", (value, why) => {
    expect(() => faultFrom(value)).toThrow(why);
  });
});

describe("orders of a driver", () => {
  it("come through as they were given", () => {
    const cvm = { status: null, health: { kind: "ok-after", okAfterMs: 5 }, remove: true };
    expect(cvmOrderFrom(cvm)).toEqual(cvm);
    const chain = { nodeId: 31, outcome: "reverted", missing: 2, allowAnyDevice: false };
    expect(chainOrderFrom(chain)).toEqual(chain);
  });

  it.each([{ outcome: "lost" }, { missing: 1.5 }, { composeHash: 5 }, { chainId: 1 }])(
    "are refused: %j",
    (value) => {
      expect(() => chainOrderFrom(value)).toThrow(/^chain/);
    },
  );
});
