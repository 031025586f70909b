/**
 * Shows the action at work, without an account, on the committed bundle as GitHub's runner does, against the
 * simulator of Phala Cloud, in three acts: it works; an answer is lost; the runner is killed. Exits 0 when all
 * went as they should.
 *
 *     script/demo           the three acts, then what to paste into a workflow
 *     script/demo --serve   the same, with a page that shows the cloud live and stays open until Ctrl-C
 */
import {
  firstWorkflow,
  readmeText,
  usesThisAction,
  yamlExamples,
} from "../__tests__/support/readme.ts";
import { code, heading, say } from "./show.ts";
import { startSimulatorProcess } from "./simulator.ts";
import { ACTS, type Stage, sweep } from "./stage/acts.ts";
import { type Cloud, cloudAt } from "./stage/cloud.ts";
import { officialWay } from "./stage/official.ts";
import { servePage } from "./stage/serve.ts";

/** The first replica takes a moment to boot, as real ones do, only longer. */
const SCENARIO = { bootMs: 3_000 };

function stageOf(cloud: Cloud): Stage {
  const { about } = cloud;
  const job = Object.values(firstWorkflow().jobs)[0];
  const step = job?.steps.find(usesThisAction);
  const next = job?.steps.find(({ run }) => run !== undefined);
  if (step?.id === undefined || next === undefined) {
    throw new Error(
      "README's first workflow needs a step of ours with an id, and one that runs a script.",
    );
  }
  const contexts = {
    secrets: { PHALA_CLOUD_API_KEY: about.api_key },
    vars: { PHALA_APP_ID: about.app_id, PHALA_VM_UUID: about.vm_uuid },
    steps: {},
  };
  return { cloud, step: { ...step, id: step.id }, next, contexts };
}

/** README's first workflow, and the three settings that it needs. */
function paste(): void {
  heading("Paste this into .github/workflows/release.yml");
  code(yamlExamples(readmeText())[0]?.text ?? "");
  say(
    "It needs three settings in the repository (Settings → Secrets and variables → Actions): the secret\n" +
      "PHALA_CLOUD_API_KEY, and the variables PHALA_APP_ID and PHALA_VM_UUID, which are on the CVM's page in the\n" +
      "dashboard. `your-org` stands for the owner of the action's repository. With `dry_run: true` below `with:`, and\n" +
      "without the second step, it checks everything and creates nothing.",
  );
}

async function demo(cloud: Cloud): Promise<boolean> {
  const stage = stageOf(cloud);
  let good = true;
  for (const act of ACTS) {
    good = (await act(stage)) && good;
    await sweep(cloud);
  }
  await officialWay(cloud);
  paste();
  return good;
}

const [flag, ...more] = process.argv.slice(2);
if ((flag !== undefined && flag !== "--serve") || more.length > 0) {
  console.error("Usage: script/demo [--serve]");
  process.exit(2);
}
// Whoever pipes the demo into `head` has seen enough.
process.stdout.on("error", () => process.exit(1));
// The simulator ends with this process, whenever that is told to end.
let over = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(over ? 0 : 130));
const { about, stop } = await startSimulatorProcess(SCENARIO);
const cloud = cloudAt(about);
const page = flag === undefined ? null : await servePage(cloud);
try {
  if (page !== null) say(`The simulated cloud, live: ${page.url}`);
  if (!(await demo(cloud))) {
    console.error("\nThe demo did not go as it should.");
    process.exitCode = 1;
  }
  if (page !== null) {
    say(
      `\nThe page stays open until Ctrl-C: ${page.url}\nTo try something yourself, in another shell:`,
    );
    code(
      `export PHALA_CLOUD_API_PREFIX=${about.api_url} PHALA_CLOUD_API_KEY=${about.api_key}\n` +
        `curl --request POST --header "X-API-Key: $PHALA_CLOUD_API_KEY" --header "X-Phala-Version: 2026-01-21" \\\n` +
        `  "$PHALA_CLOUD_API_PREFIX/apps/${about.app_id}/cvms/${about.vm_uuid}/replicas"`,
    );
    over = true;
    await new Promise(() => {});
  }
} finally {
  await page?.close();
  await stop();
}
