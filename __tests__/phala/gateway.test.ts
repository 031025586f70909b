/** The gateway's addresses: which lead nowhere, and how an instance's own one is made. */
import { describe, expect, it } from "@jest/globals";
import { readCvm } from "../../src/phala/cvm.ts";
import {
  builtInstanceUrl,
  gatewayDomain,
  soundAddress,
  soundId,
  withoutHoles,
} from "../../src/phala/gateway.ts";
import { readVm } from "../../src/phala/vm.ts";

const ID = "a1".repeat(20);
const APP = "3c".repeat(20);
const BASE = "dstack-pha-prod9.phala.network";
const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";

const HOLLOW = [
  `https://None-8080.${BASE}`,
  `https://none-8080.${BASE}`,
  `https://null-8080s.${BASE}/`,
  `https://NULL.${BASE}`,
  `https://undefined-8080.${BASE}`,
  `https://nan-8080.${BASE}`,
  `https://-8080.${BASE}`,
  `https://${ID}-8080.None`,
  `https://${ID}-None.${BASE}`,
  "https://gateway.invalid/_gateway/None-8080",
];
const SOUND = [
  `https://${ID}-8080.${BASE}`,
  `https://${APP}.${BASE}/`,
  `https://nonesuch-8080.${BASE}`,
  `https://nullable.${BASE}`,
  "http://127.0.0.1:8080/_gateway/x",
];

describe("an address", () => {
  it.each(HOLLOW)("%s has a hole", (text) => expect(soundAddress(text)).toBeNull());
  it.each(SOUND)("%s is taken as it is", (text) => expect(soundAddress(text)).toBe(text));
  it.each([null, "", "None", "ftp://x.invalid", "https://u:p@x.invalid"])("%j is none", (text) =>
    expect(soundAddress(text)).toBeNull(),
  );
});

describe("an id", () => {
  it.each(["None", "null", "NULL", " none ", "undefined"])("%j is missing", (text) =>
    expect(soundId(text)).toBeNull(),
  );
  it.each([ID, "instance_x", "none-such"])("%s is taken as it is", (text) =>
    expect(soundId(text)).toBe(text),
  );
});

describe("what is read of an answer", () => {
  const none = `https://None-8080.${BASE}`;
  const text = `Visit ${none}`;

  it("has no holes at any depth, and all else as it came", () => {
    const row = { a: none, b: [none, SOUND[0]], c: { d: none, n: 1, t: true, z: null }, e: text };
    expect(withoutHoles({ ...row, instance_id: "None", name: "None" })).toEqual({
      a: null,
      b: [null, SOUND[0]],
      c: { d: null, n: 1, t: true, z: null },
      e: text,
      instance_id: null,
      name: "None",
    });
  });

  it("a row: neither in its fields nor as it is handed on", () => {
    const row = readCvm({
      id: 1,
      vm_uuid: UUID,
      instance_id: "None",
      endpoints: [{ app: SOUND[1], instance: none }],
    });
    expect(row).toMatchObject({ instanceId: null, instanceUrl: null, appUrl: SOUND[1] });
    expect(JSON.stringify(row)).not.toContain("None");
  });

  it("a create answer: the same", () => {
    const vm = readVm({ id: 1, name: "web", vm_uuid: UUID, app_url: none, instance_id: "null" });
    expect(vm).toMatchObject({ appUrl: null, instanceId: null });
    expect(vm?.raw).toEqual({
      id: 1,
      name: "web",
      vm_uuid: UUID,
      app_url: null,
      instance_id: null,
    });
  });

  it("app_url at the top stands in for a missing endpoint", () => {
    const row = readCvm({ id: 1, vm_uuid: UUID, endpoints: null, app_url: SOUND[1] });
    expect(row).toMatchObject({ appUrl: SOUND[1], instanceUrl: null });
  });
});

describe("the gateway's domain", () => {
  it.each<[object, string | null]>([
    [{ gateway: { base_domain: BASE, cname: null } }, BASE],
    [{ gateway_domain: BASE }, BASE],
    [{ gateway: { base_domain: "gw.invalid:13004" } }, "gw.invalid:13004"],
    [{ gateway: { base_domain: null } }, null],
    [{ gateway: null }, null],
    [{}, null],
    [{ gateway: { base_domain: "None" } }, null],
    [{ gateway: { base_domain: "evil.invalid/x" } }, null],
    [{ gateway: { base_domain: "u@evil.invalid" } }, null],
    [{ gateway: { base_domain: "a b" } }, null],
    [{ gateway: { base_domain: "-x.invalid" } }, null],
    [{ gateway: { base_domain: "x".repeat(300) } }, null],
  ])("of %j is %j", (row, domain) =>
    expect(gatewayDomain(row as Record<string, unknown>)).toBe(domain),
  );
});

describe("an instance's own URL", () => {
  it.each<[string, string | null, string | null, string | null]>([
    ["the app URL's port", `https://${APP}-8080.${BASE}`, BASE, `https://${ID}-8080.${BASE}`],
    ["with its suffix", `https://${APP}-8443s.${BASE}/x`, BASE, `https://${ID}-8443s.${BASE}`],
    ["for HTTP/2", `https://${APP}-50051g.${BASE}`, BASE, `https://${ID}-50051g.${BASE}`],
    ["no port", `https://${APP}.${BASE}`, BASE, `https://${ID}.${BASE}`],
    ["TLS alone", `https://${APP}s.${BASE}`, BASE, `https://${ID}s.${BASE}`],
    ["any case", `https://${APP.toUpperCase()}-1.${BASE}`, BASE, `https://${ID}-1.${BASE}`],
    ["the row's domain first", `https://${APP}-1.old.invalid`, BASE, `https://${ID}-1.${BASE}`],
    ["else the app URL's", `https://${APP}-1.${BASE}`, null, `https://${ID}-1.${BASE}`],
    ["with its port", `https://${APP}-1.x.invalid:444`, null, `https://${ID}-1.x.invalid:444`],
    ["in a path", `http://127.0.0.1:1/_gateway/${APP}-80`, BASE, `https://${ID}-80.${BASE}`],
    ["in a path, and no domain", `http://127.0.0.1:1/_gateway/${APP}-80`, null, null],
    ["no app URL", null, BASE, null],
    ["a domain of the user's own", "https://app.example.com", BASE, null],
    ["another app's", `https://${"4d".repeat(20)}-8080.${BASE}`, BASE, null],
    ["more than a port", `https://${APP}-8080-9.${BASE}`, BASE, null],
    ["no port at all", `https://${APP}-x.${BASE}`, BASE, null],
  ])("%s", (_name, appUrl, domain, expected) => {
    expect(builtInstanceUrl(ID, appUrl, APP, domain)).toBe(expected);
  });

  it.each([
    [`instance_${ID}`, ID],
    [ID.toUpperCase(), ID],
    [`0x${ID}`, ID],
  ])("takes the id %s bare", (id, bare) => {
    expect(builtInstanceUrl(id, `https://${APP}-1.${BASE}`, APP, BASE)).toBe(
      `https://${bare}-1.${BASE}`,
    );
  });

  it.each(["", "None", "xyz", ID.slice(1), `${ID}0`, `${ID}.evil.invalid/`])(
    "is not made of the id %j",
    (id) => expect(builtInstanceUrl(id, `https://${APP}-1.${BASE}`, APP, BASE)).toBeNull(),
  );
});
