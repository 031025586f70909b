/** Where the key and the API's address come from, and which forms the address may have. */
import { type AddressInfo, connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../../simulator/index.ts";
import "../../support/retry.ts";
import { runStep } from "../../support/runner.ts";
import { create, posts, SLOW, succeeded, thePost, withSim } from "../../support/steps.ts";

describe("key and address", () => {
  const ids = (sim: Simulator) => ({ app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false" });
  const bad = "phak_of_somebody_else";
  const nowhere = "http://127.0.0.1:1/api/v1";
  it.concurrent.each([
    { name: "from the inputs alone", inputs: true, env: {} },
    { name: "from the environment where the inputs are absent", inputs: false, env: "right" },
    { name: "from the environment where the inputs are blank", inputs: "blank", env: "right" },
    { name: "from the inputs where the environment says otherwise", inputs: true, env: "wrong" },
  ])(
    "come $name",
    ({ inputs, env }) =>
      withSim({}, async (sim) => {
        const right = {
          PHALA_CLOUD_API_KEY: ` ${sim.apiKey}\n`,
          PHALA_CLOUD_API_PREFIX: sim.apiUrl,
        };
        const wrong = { PHALA_CLOUD_API_KEY: bad, PHALA_CLOUD_API_PREFIX: nowhere };
        const given = inputs === true ? { api_key: sim.apiKey, api_url: sim.apiUrl } : {};
        const blank = inputs === "blank" ? { api_key: " \n", api_url: "\t" } : {};
        const result = await runStep({
          inputs: { ...ids(sim), ...given, ...blank },
          env: env === "right" ? right : env === "wrong" ? wrong : {},
        });
        succeeded(result);
        expect(thePost(sim).headers["x-api-key"]).toBe(sim.apiKey);
      }),
    SLOW,
  );

  it.concurrent.each([
    { name: "a slash at the end", of: (url: string) => `${url}/` },
    { name: "the name localhost", of: (url: string) => url.replace("127.0.0.1", "localhost") },
  ])(
    "may have $name",
    ({ of }) =>
      withSim({}, async (sim) => {
        succeeded(await create(sim, { api_url: of(sim.apiUrl) }));
        expect(posts(sim)).toHaveLength(1);
      }),
    SLOW,
  );

  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.address === "::1");
  (hasIpv6 ? it.concurrent : it.skip)(
    "may be an IPv6 loopback address",
    () =>
      withSim({}, async (sim) => {
        const { port } = new URL(sim.apiUrl);
        const relay = createServer((socket) => {
          const onward = connect(Number(port), "127.0.0.1");
          socket.pipe(onward).pipe(socket);
          socket.on("error", () => onward.destroy());
          onward.on("error", () => socket.destroy());
        });
        await new Promise<void>((done) => relay.listen(0, "::1", done));
        try {
          const at = (relay.address() as AddressInfo).port;
          succeeded(await create(sim, { api_url: `http://[::1]:${at}/api/v1` }));
          expect(posts(sim)).toHaveLength(1);
        } finally {
          relay.close();
        }
      }),
    SLOW,
  );
});
