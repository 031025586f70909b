/** The demo's last part where Phala's own command line is installed: run on a stand-in for it. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { cloudAt } from "../../script/stage/cloud.ts";
import { officialWay } from "../../script/stage/official.ts";
import { startSimulator } from "../../simulator/index.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

/** One POST, and whatever is answered is printed: no look, no second try. */
const STAND_IN = `#!${process.execPath}
if (process.argv[2] === "--version") { console.log("stand-in"); process.exit(0); }
const { PHALA_CLOUD_API_PREFIX: base, PHALA_CLOUD_API_KEY: key } = process.env;
const headers = { "x-api-key": key, "x-phala-version": "2026-01-21" };
fetch(base + "/cvms/" + process.argv[4] + "/replicas", { method: "POST", headers })
  .then((answer) => answer.text())
  .then(console.log, (error) => { console.error(error.message); process.exitCode = 1; });
`;

const folder = mkdtempSync(join(tmpdir(), "phala-"));
const path = process.env.PATH;
beforeAll(() => {
  writeFileSync(join(folder, "phala"), STAND_IN);
  chmodSync(join(folder, "phala"), 0o755);
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

async function shown(): Promise<string> {
  const sim = await startSimulator({ bootMs: 50, removeMs: 20 });
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text: unknown) => {
    lines.push(String(text));
  });
  try {
    await officialWay(
      cloudAt({
        api_url: sim.apiUrl,
        api_key: sim.apiKey,
        app_id: sim.appId,
        vm_uuid: sim.vmUuid,
        control_url: sim.controlUrl,
      }),
    );
    // What it left is deleted: the page that stays open does not go on billing it.
    expect(sim.replicas().filter(({ deleted }) => !deleted)).toEqual([]);
    return lines.join("\n");
  } finally {
    log.mockRestore();
    await sim.close();
  }
}

describe("the same with the official command line", () => {
  it("is run where it is installed: one that asks once and is done loses both", async () => {
    process.env.PATH = [folder, path].join(delimiter);
    const text = await shown();
    const bills = [...text.matchAll(/billed now: (\d).*it named (\d) of (\d)/g)].map(
      ([, ...n]) => n,
    );
    expect(bills).toEqual([
      ["2", "1", "1"],
      ["2", "0", "1"],
      ["2", "0", "1"],
    ]);
    expect(text).toContain("exit code none, killed");
  });

  it("is told as it was measured where it is not", async () => {
    process.env.PATH = folder.replace("phala-", "no-such-");
    expect(await shown()).toMatch(
      /of \d+ faults.+in \d+ by the official command line.+in 0 by this action/s,
    );
  });
});
