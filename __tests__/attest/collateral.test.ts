/** Where collateral comes from, in which forms, and which service is asked next. */
import { describe, expect, it } from "@jest/globals";
import { authority } from "../../simulator/attestation/authority.ts";
import { collateralOf, GOOD_MACHINE } from "../../simulator/attestation/machines.ts";
import { pem } from "../../simulator/attestation/x509.ts";
import { type Collateral, CollateralSource, crlOf } from "../../src/attest/collateral.ts";
import { DEFAULT_SERVICES, serviceAt } from "../../src/attest/services.ts";
import { type HttpAnswer, type HttpRequest, NetworkError } from "../../src/net/transport.ts";
import { NOW } from "./support.ts";

type Served = Partial<HttpAnswer> | Error;
/** What a path answers; what is not here is 404. */
type Paths = Readonly<Record<string, Served>>;

const PLATFORM = { ca: "platform", fmspc: GOOD_MACHINE.fmspc } as const;
const DAY = 86_400_000;

/** The four answers of a service that caches, as of a time. */
function service(now = NOW): Paths {
  const { rootCrl, pckCrl, tcbInfo, qeIdentity } = collateralOf(
    authority(),
    { spec: GOOD_MACHINE },
    now,
  );
  const signed = (key: string, header: string, of: typeof tcbInfo) => ({
    body: `{"${key}":${of.text},"signature":"${of.signature}"}`,
    headers: { [header]: encodeURIComponent(of.chain) },
  });
  return {
    "/sgx/certification/v4/pckcrl": { body: pckCrl.toString("latin1") },
    "/sgx/certification/v4/rootcacrl": { body: rootCrl.toString("hex") },
    "/IntelSGXRootCA.der": { body: rootCrl.toString("latin1") },
    "/tdx/certification/v4/tcb": signed("tcbInfo", "tcb-info-issuer-chain", tcbInfo),
    "/tdx/certification/v4/qe/identity": signed(
      "enclaveIdentity",
      "sgx-enclave-identity-issuer-chain",
      qeIdentity,
    ),
  };
}

/** Fetches from hosts that answer so; nothing sleeps. */
async function fetched(hosts: Readonly<Record<string, Paths>>, services = DEFAULT_SERVICES) {
  const requests: HttpRequest[] = [];
  const net = {
    transport: async (request: HttpRequest): Promise<HttpAnswer> => {
      requests.push(request);
      const { host, pathname } = new URL(request.url);
      const answer = hosts[host]?.[pathname] ?? { status: 404 };
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, body: "", ...answer };
    },
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
    random: () => 0,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    redact: (text: string) => text,
    onWait: () => undefined,
  };
  const source = new CollateralSource(net, services);
  const collateral = await source.get(PLATFORM, NOW + 120_000);
  return { collateral, requests, hosts: requests.map(({ url }) => new URL(url).host), source };
}

const PCCS = "pccs.phala.network";
const PCS = "api.trustedservices.intel.com";
const CERTIFICATES = "certificates.trustedservices.intel.com";
const down = (): Paths =>
  Object.fromEntries(
    Object.keys(service()).map((path) => [path, new NetworkError("refused", "ECONNREFUSED")]),
  );
const whole = ({ rootCrl, pckCrl, tcbInfo, qeIdentity }: Collateral) =>
  [rootCrl, pckCrl, tcbInfo, qeIdentity].every((piece) => "got" in piece);

describe("services", () => {
  it("the platform's is asked first, and alone where it answers", async () => {
    const { collateral, requests, hosts } = await fetched({ [PCCS]: service() });
    expect(whole(collateral)).toBe(true);
    expect(hosts).toEqual([PCCS, PCCS, PCCS, PCCS]);
    expect(requests.map(({ url }) => url).sort()).toEqual([
      `https://${PCCS}/sgx/certification/v4/pckcrl?ca=platform&encoding=der`,
      `https://${PCCS}/sgx/certification/v4/rootcacrl`,
      `https://${PCCS}/tdx/certification/v4/qe/identity`,
      `https://${PCCS}/tdx/certification/v4/tcb?fmspc=${GOOD_MACHINE.fmspc}`,
    ]);
    expect(
      requests.every(
        ({ method, body, encoding }) =>
          method === "GET" && body === undefined && encoding === "latin1",
      ),
    ).toBe(true);
    expect(requests.flatMap(({ headers }) => Object.keys(headers))).toEqual([]);
  });

  it.each([
    ["refuses connections", down()],
    ["knows nothing of the platform", {}],
    ["has what ran out", service(NOW - 40 * DAY)],
    [
      "has rubbish",
      Object.fromEntries(Object.keys(service()).map((path) => [path, { body: "<html>" }])),
    ],
  ])("Intel's is asked where the platform's %s", async (_how, paths) => {
    const { collateral, hosts } = await fetched({
      [PCCS]: paths,
      [PCS]: service(),
      [CERTIFICATES]: service(),
    });
    expect(whole(collateral)).toBe(true);
    expect(new Set(hosts)).toEqual(new Set([PCCS, PCS, CERTIFICATES]));
    expect(hosts.filter((host) => host === CERTIFICATES)).toHaveLength(1);
  });

  it("only what the first lacks is asked of the next", async () => {
    const { "/tdx/certification/v4/tcb": _missing, ...rest } = service();
    const { collateral, hosts } = await fetched({ [PCCS]: rest, [PCS]: service() });
    expect(whole(collateral)).toBe(true);
    expect(hosts.filter((host) => host === PCS)).toHaveLength(1);
  });

  it("what ran out is better than nothing: the checks then say so", async () => {
    const { collateral } = await fetched({
      [PCCS]: service(NOW - 40 * DAY),
      [PCS]: down(),
      [CERTIFICATES]: down(),
    });
    expect(whole(collateral)).toBe(true);
  });

  it("with collateral_url no other is asked", async () => {
    const { collateral, hosts } = await fetched({ [PCS]: service() }, [
      serviceAt("https://mine.invalid/pccs"),
    ]);
    expect(new Set(hosts)).toEqual(new Set(["mine.invalid"]));
    expect(collateral.tcbInfo).toEqual({ missing: "HTTP 404", from: "mine.invalid" });
  });

  it("what never came is asked for anew at the next look, and only that", async () => {
    const path = "/tdx/certification/v4/tcb";
    const hosts: Record<string, Paths> = {
      "mine.invalid": { ...service(), [path]: { status: 404 } },
    };
    const { collateral, source, requests } = await fetched(hosts, [
      serviceAt("https://mine.invalid"),
    ]);
    expect(whole(collateral)).toBe(false);
    hosts["mine.invalid"] = { ...service() };
    const before = requests.length;
    expect(whole(await source.get(PLATFORM, NOW))).toBe(true);
    expect(requests.slice(before).map(({ url }) => new URL(url).pathname)).toEqual([path]);
  });

  it("another kind of platform asks only for what differs", async () => {
    const { source, requests } = await fetched({ [PCCS]: service() });
    const before = requests.length;
    await source.get({ ca: "processor", fmspc: GOOD_MACHINE.fmspc }, NOW);
    expect(requests.slice(before).map(({ url }) => new URL(url).search)).toEqual([
      "?ca=processor&encoding=der",
    ]);
  });
});

describe("forms", () => {
  const der = authority().crl("platform", NOW);

  it.each([
    ["DER", der.toString("latin1")],
    ["hex", der.toString("hex")],
    ["hex in capitals with a line end", `${der.toString("hex").toUpperCase()}\n`],
    ["PEM", pem(der, "X509 CRL")],
  ])("a CRL as %s", (_form, body) => {
    expect(crlOf({ body })).toEqual(der);
  });

  it.each([
    "",
    "30",
    "{}",
    pem(der),
    `${pem(der, "X509 CRL")}x`,
    der.subarray(1).toString("latin1"),
  ])("no CRL: %#", (body) => expect(crlOf({ body })).toBeNull());

  const path = "/tdx/certification/v4/tcb";
  const good = service()[path] as HttpAnswer;
  const document = async (answer: Partial<HttpAnswer>) =>
    (
      await fetched({ "mine.invalid": { [path]: { ...good, ...answer } } }, [
        serviceAt("https://mine.invalid"),
      ])
    ).collateral.tcbInfo;

  it("a document's text is cut out as it stands", async () => {
    const { text } = collateralOf(authority(), { spec: GOOD_MACHINE }, NOW).tcbInfo;
    const spaced = good.body.replace("{", "{ \n").replace(',"signature":', ' , "signature" : ');
    for (const body of [good.body, spaced]) {
      const piece = await document({ body });
      expect("got" in piece && piece.got.text.toString()).toBe(text);
    }
  });

  it("the chain's older header will do", async () => {
    const chain = Object.values(good.headers)[0] ?? "";
    expect(await document({ headers: { "sgx-tcb-info-issuer-chain": chain } })).toHaveProperty(
      "got",
    );
  });

  it.each<[string, Partial<HttpAnswer>]>([
    ["without the chain", { headers: {} }],
    ["with a chain that is not escaped right", { headers: { "tcb-info-issuer-chain": "%zz" } }],
    ["without a signature", { body: good.body.replace(/,"signature.*/, "}") }],
    ["with a signature that is too short", { body: good.body.replace(/..(?="}$)/, "") }],
    ["under another name", { body: good.body.replace("tcbInfo", "tcb") }],
    ["larger than 256 KiB", { body: good.body + " ".repeat(262_144) }],
  ])("a document %s is none", async (_what, answer) => {
    expect(await document(answer)).toEqual({
      missing: "an answer that is none of Intel's collateral",
      from: "mine.invalid",
    });
  });

  it("a text that was made to be slow to read is not", async () => {
    const slow = `{"tcbInfo":{${'}  ,"signature" '.repeat(20_000)}`.slice(0, 262_000);
    const begun = performance.now();
    expect(await document({ body: slow })).toHaveProperty("missing");
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
