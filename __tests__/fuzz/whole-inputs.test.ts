/** All inputs of a step together: taken within their bounds, or refused. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readCreateInputs } from "../../src/inputs/create.ts";
import { duration, near, url, uuid } from "./near.ts";
import { hex, hold, LIMIT_MS } from "./support.ts";

describe("all inputs together", () => {
  const secrets = {
    api_key: near(fc.constant("phak_S3cretKeyOfTheFuzz")),
    commit_token: near(fc.constant("S3cretTokenOfTheFuzz")),
    encrypted_env: near(fc.constant("5ec2e7b10b5ec2e7b10b")),
    envs: near(fc.constant("NAME=S3cretValueOfTheFuzz")),
  };
  const plain = {
    api_url: near(url),
    app_id: near(hex(40)),
    vm_uuid: near(uuid),
    name: near(fc.constantFrom("web-eu-1", "web-eu-1,web-eu-2", "web-{n}-eu", "web-{run}-1")),
    node_id: near(fc.constantFrom("26", "prod9", "26,31", "26\nprod9", "26 | prod9 | any")),
    capacity_wait: near(duration),
    max_instances: near(fc.nat(200).map(String)),
    port: near(fc.nat(70_000).map(String)),
    health_expect: near(fc.constant("version 2")),
    health_for: near(duration),
    teepod_id: near(fc.constant("26")),
    compose_hash: near(hex(64)),
    prepare_only: near(fc.constantFrom("true", "false")),
    request_timeout: near(duration),
    count: near(fc.nat(200).map(String)),
    instances: near(fc.nat(200).map(String)),
    dry_run: near(fc.constantFrom("true", "false")),
    wait: near(fc.constantFrom("true", "false")),
    wait_timeout: near(duration),
    poll_interval: near(duration),
    health_check: near(fc.constantFrom("/healthz", "/a?b=c")),
    cleanup: near(fc.constantFrom("never", "on_failure", "on_job_failure", "always")),
    exclusive: near(fc.constantFrom("true", "false")),
    ttl: near(duration),
    transaction_hash: near(fc.constant(`0x${"ab".repeat(32)}`)),
    summary: near(fc.constantFrom("true", "false")),
  };
  const env = fc.record({ ...secrets, ...plain }, { requiredKeys: [] }).map((inputs) => {
    const named = Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]);
    return Object.fromEntries(named) as Record<string, string>;
  });
  const right = {
    INPUT_API_KEY: "phak_x",
    INPUT_APP_ID: "ab".repeat(20),
    INPUT_VM_UUID: "0f8b1f5e-2f6c-4d4b-9d55-0a3c5d0b7a11",
  };
  // Most random sets have some fault; without this, sets that are taken would hardly be tried.
  const mostlyRight = fc.tuple(env, fc.nat()).map(([given, which]) => {
    const entries = Object.entries(given);
    const [name, value] = entries[which % Math.max(1, entries.length)] ?? ["INPUT_COUNT", "2"];
    return { ...right, [name]: value };
  });

  it(
    "are taken within their bounds, or refused in words that hold no secret",
    () => {
      let taken = 0;
      hold(
        fc.property(fc.oneof(env, mostlyRight), (given) => {
          const read = readCreateInputs(given);
          if ("faults" in read) {
            expect(read.faults.length).toBeGreaterThan(0);
            const told = read.faults.join("\n");
            // A slip may leave a rest of a secret; what is looked for is longer than chance.
            expect(told).not.toMatch(/S3cret(?:Key|Token|Value)|5ec2e7b10b/);
            return;
          }
          taken += 1;
          const { inputs } = read;
          expect(inputs.appId ?? "").toMatch(/^(?:[0-9a-f]{40})?$/);
          expect(inputs.appId !== null || inputs.commitToken !== null).toBe(true);
          expect(inputs.vmUuid ?? "").toMatch(/^(?:[0-9a-f-]{36})?$/);
          expect(inputs.vmUuid !== null || inputs.appId !== null).toBe(true);
          for (const name of inputs.names ?? []) {
            expect(name).toMatch(/^[A-Za-z][A-Za-z0-9-]{4,62}$/);
          }
          expect(inputs.nodes.length).toBeLessThanOrEqual(100);
          const asked = inputs.count ?? inputs.instances ?? 0;
          expect(asked >= 1 && asked <= 100).toBe(true);
          expect(inputs.count === null || inputs.instances === null).toBe(true);
          for (const ms of [inputs.requestTimeoutMs, inputs.waitTimeoutMs, inputs.pollIntervalMs]) {
            expect(ms >= 1 && ms <= 7 * 86_400_000).toBe(true);
          }
          expect(inputs.encryptedEnv === null || inputs.envs.length === 0).toBe(true);
          if (inputs.prepareOnly) expect([inputs.count, inputs.commitToken]).toEqual([1, null]);
          if (inputs.healthCheck !== null) expect(inputs.wait).toBe(true);
        }),
      );
      expect(taken).toBeGreaterThan(10);
    },
    LIMIT_MS,
  );
});
