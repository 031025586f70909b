/** `https_proxy` and `no_proxy`, shown with a real proxy. */
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { certificateFor, withFile } from "../support/certificate.ts";
import { type ConnectProxy, type ProxySettings, withProxy } from "../support/connect-proxy.ts";
import { create, expectHidden, failed, posts, SLOW, succeeded, withSim } from "../support/steps.ts";

/** A name that only the proxy can resolve. */
const HOST = "cloud-api.behind-the-proxy.invalid";

/** A simulator that is only to be reached as `https://HOST`, through the proxy. */
async function behindProxy<T>(
  settings: ProxySettings,
  work: (world: {
    readonly sim: Simulator;
    readonly proxy: ConnectProxy;
    readonly api_url: string;
    readonly trust: { readonly NODE_EXTRA_CA_CERTS: string };
  }) => Promise<T>,
): Promise<T> {
  const tls = await certificateFor([HOST]);
  return withFile(tls.cert, (path) =>
    withSim({ tls }, (sim) => {
      const port = Number(new URL(sim.apiUrl).port);
      return withProxy({ names: { [HOST]: port }, ...settings }, (proxy) =>
        work({
          sim,
          proxy,
          api_url: `https://${HOST}/api/v1`,
          trust: { NODE_EXTRA_CA_CERTS: path },
        }),
      );
    }),
  );
}

describe("https_proxy", () => {
  it.concurrent.each(["https_proxy", "HTTPS_PROXY"])(
    "%s is the way to the API",
    (name) =>
      behindProxy({}, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, [name]: `http://127.0.0.1:${proxy.port}` };
        succeeded(await create(sim, { api_url }, { env }));
        expect(sim.replicas()).toHaveLength(1);
        expect(sim.requests.map(({ route }) => route)).toEqual(["list", "create"]);
        expect(proxy.asked).toHaveLength(sim.requests.length);
        for (const { method, target, headers } of proxy.asked) {
          expect([method, target]).toEqual(["CONNECT", `${HOST}:443`]);
          // What is meant for the API goes through the tunnel; the proxy learns the host alone.
          expect(JSON.stringify(headers)).not.toContain(sim.apiKey);
        }
        expect(sim.requests[0]?.headers.host).toMatch(HOST);
      }),
    SLOW,
  );

  it.concurrent.each([
    { name: "a plain password", user: "runner:word", written: "runner:word" },
    {
      name: "a password with escapes",
      user: "runner:p@ss w:rd",
      written: "runner:p%40ss%20w%3Ard",
    },
    {
      name: "a password that looks escaped itself",
      user: "runner:50%41!",
      written: "runner:50%2541!",
    },
    { name: "a name alone", user: "jobs-of-acme:", written: "jobs-of-acme" },
    {
      name: "raw signs in its password",
      user: "runner:p@ss/w?rd#1%",
      written: "runner:p@ss/w?rd#1%",
    },
    { name: "what looks like a port", user: "runner:12/34", written: "runner:12/34" },
  ])(
    "may carry $name, which shows nowhere",
    ({ user, written }) =>
      behindProxy({ user }, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, https_proxy: `http://${written}@127.0.0.1:${proxy.port}` };
        const result = await create(sim, { api_url }, { env, debug: true });
        succeeded(result);
        expect(proxy.asked).toHaveLength(sim.requests.length);
        expectHidden(result, user, written);
      }),
    SLOW,
  );

  it.concurrent.each([
    { name: "wants a password", settings: { user: "a:b" }, says: /proxy.*407.*https_proxy/s },
    { name: "knows no such host", settings: { names: {} }, says: /proxy.*502.*https_proxy/s },
    { name: "refuses", settings: { refuse: 403 }, says: /proxy.*403.*https_proxy/s },
  ])(
    "that $name is named as the trouble",
    ({ settings, says }) =>
      behindProxy(settings, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, https_proxy: `http://127.0.0.1:${proxy.port}` };
        const message = failed(await create(sim, { api_url }, { env }), { code: "NETWORK" });
        expect(message).toMatch(says);
        expect(sim.requests).toEqual([]);
      }),
    SLOW,
  );

  it.concurrent(
    "that is not there is named as the trouble",
    () =>
      behindProxy({}, async ({ sim, api_url, trust }) => {
        const env = { ...trust, https_proxy: "http://someone:hidden@127.0.0.1:1" };
        const result = await create(sim, { api_url }, { env });
        expect(failed(result, { code: "NETWORK" })).toMatch(/proxy.*ECONNREFUSED.*https_proxy/s);
        expectHidden(result, "hidden");
      }),
    SLOW,
  );

  it.concurrent(
    "that never answers ends with request_timeout, and holds nothing open",
    () =>
      behindProxy({ refuse: 0 }, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, https_proxy: `http://127.0.0.1:${proxy.port}` };
        const inputs = { api_url, request_timeout: "0.5", instances: "2" };
        // The proxy keeps its sockets open for as long as the step lives.
        const result = await create(sim, inputs, { env, timeoutMs: 15_000 });
        expect(failed(result, { code: "TIMEOUT" })).toMatch(/no complete answer within 0\.5 s/);
      }),
    SLOW,
  );

  it.concurrent.each(["localhost", "127.0.0.1"])(
    "may be written without a scheme: %s",
    (name) =>
      behindProxy({ user: "runner:word" }, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, HTTPS_PROXY: `runner:word@${name}:${proxy.port}` };
        succeeded(await create(sim, { api_url }, { env }));
        expect(proxy.asked).toHaveLength(sim.requests.length);
      }),
    SLOW,
  );

  it.concurrent.each([
    { variable: "https_proxy", value: "socks5://runner:hidden@127.0.0.1:1080" },
    { variable: "HTTPS_PROXY", value: "http://" },
    { variable: "HTTPS_PROXY", value: "http://hidden:word@proxy:99999" },
    { variable: "HTTPS_PROXY", value: "two hidden words" },
  ])(
    "that can't be used is an error before any request: $variable=$value",
    ({ variable, value }) =>
      behindProxy({}, async ({ sim, trust }) => {
        // The API itself could be reached without it.
        const env = { ...trust, [variable]: value, no_proxy: "other.example" };
        const result = await create(sim, {}, { env });
        const message = failed(result, { code: "INPUT" });
        expect(message).toContain(variable);
        expectHidden(result, "hidden", value);
        expect(sim.requests).toEqual([]);
      }),
    SLOW,
  );

  it.concurrent(
    "that breaks the tunnel before TLS stands has carried nothing: the create is sent again",
    () =>
      // Each request has a tunnel of its own: the list's, then the create's.
      behindProxy({ breaks: [2] }, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, https_proxy: `http://127.0.0.1:${proxy.port}` };
        const result = await create(sim, { api_url }, { env });
        succeeded(result);
        expect(proxy.asked).toHaveLength(3);
        expect(posts(sim)).toHaveLength(1);
        expect(result.stdout).toMatch(/no encrypted connection.*nothing was sent.*try 2 follows/);
      }),
    SLOW,
  );

  it.concurrent(
    "that always breaks it leaves no doubt that nothing was created",
    () =>
      behindProxy({ breaks: [2, 3, 4, 5, 6, 7, 8, 9] }, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, https_proxy: `http://127.0.0.1:${proxy.port}` };
        const message = failed(await create(sim, { api_url }, { env }), { code: "NETWORK" });
        expect(message).toMatch(/not created/);
        expect(posts(sim)).toEqual([]);
      }),
    SLOW,
  );

  it.concurrent(
    "is not asked for this machine itself",
    () =>
      withProxy({ names: {} }, (proxy) =>
        withSim({}, async (sim) => {
          const at = `http://127.0.0.1:${proxy.port}`;
          succeeded(await create(sim, {}, { env: { https_proxy: at, http_proxy: at } }));
          expect(proxy.asked).toEqual([]);
        }),
      ),
    SLOW,
  );
});

describe("no_proxy", () => {
  it.concurrent.each([
    { name: "no_proxy", value: `other.example,${HOST}` },
    { name: "NO_PROXY", value: HOST },
    { name: "no_proxy", value: ".behind-the-proxy.invalid" },
    { name: "no_proxy", value: "*.behind-the-proxy.invalid" },
    { name: "no_proxy", value: "*" },
  ])(
    "$name=$value goes past the proxy",
    ({ name, value }) =>
      behindProxy({}, async ({ sim, proxy, api_url, trust }) => {
        const env = { ...trust, https_proxy: `http://127.0.0.1:${proxy.port}`, [name]: value };
        const message = failed(await create(sim, { api_url }, { env }), { code: "NETWORK" });
        expect(message).toMatch(/does not resolve/);
        expect(proxy.asked).toEqual([]);
      }),
    SLOW,
  );

  it.concurrent(
    "does not concern other hosts",
    () =>
      behindProxy({}, async ({ sim, proxy, api_url, trust }) => {
        const https_proxy = `http://127.0.0.1:${proxy.port}`;
        const env = { ...trust, https_proxy, no_proxy: "other.example,api.invalid" };
        succeeded(await create(sim, { api_url }, { env }));
        expect(proxy.asked.length).toBeGreaterThan(0);
      }),
    SLOW,
  );
});
