/** `script/demo` shows what it promises, and fails when something is not as it should be. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../support/runner.ts";

describe("script/demo", () => {
  it.concurrent("shows a replica, how the next step uses it, and a failure that leaves nothing behind", async () => {
    const { code, text } = await new Promise<{ code: number | null; text: string }>((done) => {
      const child = execFile(
        join(REPOSITORY, "script", "demo"),
        { env: { ...process.env, NO_COLOR: "1" }, timeout: 100_000, maxBuffer: 2 ** 24 },
        (_error, stdout, stderr) => done({ code: child.exitCode, text: stdout + stderr }),
      );
    });
    expect([code, text]).toEqual([0, expect.any(String)]);
    const parts = text.split(/^━━ .*$/m);
    expect(parts).toHaveLength(5);
    const [, good, next, bad, end] = parts as [string, string, string, string, string];
    expect(good).toMatch(/▼ Create.+✓ success.+Outputs.+outcome +created/s);
    expect(next).toMatch(/REPLICA_URL: http.+✓ success/s);
    expect(bad).toMatch(/Error: .+✗ failure.+error_code +BOOT.+✓ success/s);
    expect(end.trim().split("\n")).toHaveLength(2);
    // The key is not even on the screen of who runs the demo.
    expect(text).not.toContain("phak_");
  }, 120_000);
});
