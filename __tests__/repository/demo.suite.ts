/** `script/demo` shows what it promises, and fails when something is not as it should be. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";

function demo(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; text: string }> {
  return new Promise((done) => {
    const child = execFile(
      join(REPOSITORY, "script", "demo"),
      args,
      { env: { ...process.env, NO_COLOR: "1", ...env }, timeout: 400_000, maxBuffer: 2 ** 24 },
      (_error, stdout, stderr) => done({ code: child.exitCode, text: stdout + stderr }),
    );
  });
}

describe("script/demo", () => {
  it.concurrent("shows that it works, a lost answer, and a killed runner, each with what is billed", async () => {
    const { code, text } = await demo([]);
    expect([code, text]).toEqual([0, expect.any(String)]);
    const parts = text.split(/^━━ .*$/m);
    expect(parts).toHaveLength(6);
    const [, works, lost, killed, official, paste] = parts as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    expect(works).toMatch(/▼ Create.+✓ success.+Outputs.+outcome +created/s);
    expect(works).toMatch(/REPLICA_URL: http.+✓ success.+billed now: 2 /s);
    expect(lost).toMatch(
      /the connection broke.+✓ success.+billed now: 2 .+1 create request was sent/s,
    );
    expect(killed).toMatch(/✗ killed.+billed now: 2 .+Post run.+✓ success.+billed now: 1 /s);
    expect(official).toMatch(/billed/);
    expect(paste).toMatch(/jobs:.+uses: your-org\/cvm-replica-action@v1.+PHALA_CLOUD_API_KEY/s);
    // The key is not even on the screen of who runs the demo.
    expect(text).not.toContain("phak_");
  }, 480_000);

  it.concurrent("leaves the page open with --serve, until it is told to end", async () => {
    const child = spawn(join(REPOSITORY, "script", "demo"), ["--serve"], {
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    let text = "";
    let url: string | undefined;
    try {
      for await (const chunk of child.stdout.setEncoding("utf8")) {
        text += chunk;
        url ??= /live: (http:\S+)/.exec(text)?.[1];
        if (text.includes("stays open until Ctrl-C") && text.includes("/replicas")) break;
      }
      const seen = (await (await fetch(`${url}seen`)).json()) as { billed: number };
      expect(seen.billed).toBe(1);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await ended).toEqual([0, null]);
    await expect(fetch(`${url}seen`)).rejects.toThrow();
  }, 480_000);

  it.concurrent("takes no other arguments", async () => {
    expect(await demo(["--server"])).toEqual({ code: 2, text: "Usage: script/demo [--serve]\n" });
  }, 480_000);
});
