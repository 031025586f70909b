/**
 * Runs the step of README's workflow, with two replicas and a health check, on the committed bundle against
 * the simulator, and takes a picture of its job summary as GitHub would show it, in light and in dark.
 *
 *     node script/picture.ts <folder with mermaid and github-markdown-css> [folder for the pictures]
 *
 * The pictures are summary.png and summary-dark.png in docs when no folder is named. CHROMIUM names the browser; `chromium` when not set.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Marked } from "marked";
import { fillInAll } from "../__tests__/support/expressions.ts";
import { firstWorkflow, usesThisAction } from "../__tests__/support/readme.ts";
import { REPOSITORY } from "../__tests__/support/repository.ts";
import { runStep } from "../__tests__/support/runner.ts";
import { startSimulatorProcess } from "./simulator.ts";

/** Width of GitHub's column for a summary, in CSS pixels. */
const WIDTH = 920;

/** The job summary of a real run, as Markdown. */
async function realSummary(): Promise<string> {
  const { about, stop } = await startSimulatorProcess({
    replicaPlans: [
      { bootMs: 9_000 },
      { bootMs: 5_000, health: { kind: "ok-after", okAfterMs: 3_000 } },
    ],
  });
  try {
    const step = Object.values(firstWorkflow().jobs)[0]?.steps.find(usesThisAction);
    const contexts = {
      secrets: { PHALA_CLOUD_API_KEY: about.api_key },
      vars: { PHALA_APP_ID: about.app_id, PHALA_VM_UUID: about.vm_uuid },
    };
    const inputs = { ...fillInAll(step?.with, contexts), count: "2", health_check: "/healthz" };
    const result = await runStep({
      inputs,
      env: { PHALA_CLOUD_API_PREFIX: about.api_url },
      secrets: [about.api_key],
    });
    if (result.exitCode !== 0) {
      throw new Error(`the step failed:\n${result.stdout}`);
    }
    return result.summary;
  } finally {
    await stop();
  }
}

const THEMES = {
  light: { picture: "summary.png", mermaid: "default" },
  dark: { picture: "summary-dark.png", mermaid: "dark" },
} as const;
type Theme = keyof typeof THEMES;

/** A page that shows Markdown as GitHub does. It says its height in its title when all is drawn. */
function pageOf(markdown: string, theme: Theme): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      code: ({ text, lang }) =>
        lang === "mermaid" ? `<pre class="mermaid">${escaped(text)}</pre>` : false,
    },
  });
  return `<!doctype html><meta charset="utf-8">
  <link rel="stylesheet" href="node_modules/github-markdown-css/github-markdown-${theme}.css"><style>
    body { box-sizing: border-box; width: ${WIDTH}px; margin: 0; padding: 24px; }
    .mermaid { background: none !important; text-align: center; }</style>
  <body class="markdown-body">${marked.parse(markdown, { async: false })}
  <script src="node_modules/mermaid/dist/mermaid.min.js"></script>
  <script>
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: "${THEMES[theme].mermaid}" });
    mermaid.run().catch(String).then((problem) => {
      document.title = problem || "height " + Math.ceil(document.body.getBoundingClientRect().height);
    });
  </script>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function browse(folder: string, flags: readonly string[], page: string): string {
  return execFileSync(
    process.env.CHROMIUM ?? "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--hide-scrollbars",
      `--user-data-dir=${join(folder, "profile")}`,
      "--virtual-time-budget=20000",
      ...flags,
      `file://${page}`,
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 120_000 },
  );
}

/** Draws one picture; `folder` has the packages. Throws when the page is not drawn. */
function draw(summary: string, theme: Theme, folder: string, picture: string): void {
  const page = join(folder, `summary-${theme}.html`);
  writeFileSync(page, pageOf(summary, theme));
  const dom = browse(folder, [`--window-size=${WIDTH},2000`, "--dump-dom"], page);
  const height = /<title>height (\d+)<\/title>/.exec(dom)?.[1];
  if (height === undefined) {
    throw new Error(`the page was not drawn: ${/<title>.*<\/title>/.exec(dom)?.[0] ?? "no title"}`);
  }
  browse(
    folder,
    [
      `--window-size=${WIDTH},${height}`,
      "--force-device-scale-factor=1.5",
      `--screenshot=${resolve(picture)}`,
    ],
    page,
  );
  console.log(`${picture}: ${readFileSync(picture).length} bytes`);
}

if (import.meta.main) {
  const [folder = "", target = join(REPOSITORY, "docs")] = process.argv.slice(2);
  const summary = await realSummary();
  console.log(summary);
  for (const theme of ["light", "dark"] as const) {
    draw(summary, theme, folder, join(target, THEMES[theme].picture));
  }
}
