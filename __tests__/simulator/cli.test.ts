import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import { start, until } from "./helpers.ts";

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

function run(...flags: string[]): ChildProcess {
  const child = spawn(process.execPath, ["simulator/cli.ts", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no stdout");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the simulator printed nothing");
}

describe("the command line", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "prints where it is, serves, and exits 0 on %s with a request still open",
    async (signal) => {
      const fault = '{"route":"create","kind":"hang","when":"after"}';
      const child = run("--boot-ms", "0", "--live-instances", "2", "--fault", fault);
      const about = JSON.parse(await firstLine(child));
      expect(about).toMatchObject({
        api_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/),
        api_key: expect.any(String),
        app_id: expect.stringMatching(/^[0-9a-f]{40}$/),
        vm_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        control_url: expect.stringMatching(/\/_sim$/),
      });
      expect(about.nodes).toContainEqual(expect.objectContaining({ id: 26, name: "sim-prod9" }));
      const headers = { "x-api-key": about.api_key, "content-type": "application/json" };
      const list = await fetch(`${about.api_url}/apps/${about.app_id}/cvms`, { headers });
      expect(await list.json()).toHaveLength(2);
      const hanging = fetch(
        `${about.api_url}/apps/${about.app_id}/cvms/${about.vm_uuid}/replicas`,
        { method: "POST", headers, body: JSON.stringify({ compose_hash: about.compose_hash }) },
      ).catch(() => "ended");
      await until(async () => {
        const cvms = await (await fetch(`${about.control_url}/cvms`)).json();
        return (cvms as { origin: string }[]).some((cvm) => cvm.origin === "replica");
      });
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([0, null]);
      expect(await hanging).toBe("ended");
    },
  );

  it("does not outlive npm when only npm gets the signal", async () => {
    const npm = spawn("npm", ["run", "--silent", "simulator"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(npm);
    const about = JSON.parse(await firstLine(npm));
    const alive = () => fetch(`${about.control_url}/cvms`).then(Boolean, () => false);
    expect(await alive()).toBe(true);
    npm.kill("SIGTERM");
    await until(async () => !(await alive()));
  });

  it("explains itself", async () => {
    const child = run("--help");
    expect(await firstLine(child)).toMatch(/Phala Cloud/);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it.each([
    ["--boot-ms", "soon", /--boot-ms takes a whole number/],
    ["--form465", "odd", /form465 is one of envelope/],
    ["--fault", '{"route":"create"}', /fault\.kind is missing/],
    ["--options", "{", /--options takes JSON/],
    ["--options", '{"bootMS":2000}', /options has no "bootMS"; it takes bootMs/],
    ["--options", '{"replicaPlans":[{},{"step":[]}]}', /options\.replicaPlans\[1] has no "step"/],
    ["--nonsense", "1", /--nonsense/],
  ])("refuses %s %s with exit code 2 and one line", async (flag, value, why) => {
    const child = run(flag, value);
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const closed = once(child, "close");
    // One that was not refused would serve, and say so.
    expect(await Promise.race([closed, firstLine(child).catch(() => closed)])).toEqual([2, null]);
    expect(errors).toMatch(/^simulator: .+\n$/);
    expect(errors).toMatch(why);
  });
});

describe("over TLS", () => {
  it("serves https with the given certificate", async () => {
    const pems = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const sim = await start({ tls: { key: pems.private, cert: pems.cert } });
    expect(sim.apiUrl).toMatch(/^https:/);
    const open = request(`${sim.apiUrl}/auth/me`, {
      headers: { "x-api-key": sim.apiKey },
      rejectUnauthorized: false,
      agent: false,
    });
    open.end();
    const [response] = await once(open, "response");
    response.resume();
    expect(response.statusCode).toBe(200);
    sim.fault({ route: "me", kind: "drop", when: "before" });
    const dropped = request(`${sim.apiUrl}/auth/me`, { rejectUnauthorized: false, agent: false });
    dropped.end();
    const [error] = await once(dropped, "error");
    expect(error.code).toBe("ECONNRESET");
  });
});
