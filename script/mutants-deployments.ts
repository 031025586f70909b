/** Planted defects in what is told to GitHub, and in what a delete takes from there. */
import type { Mutant } from "./mutant.ts";

const MEANWHILE = ["__tests__/commands/delete/meanwhile.test.ts"];
const RECORDS = "commands/delete-records.ts";
const LOOK = "fleet/look-to-delete.ts";

export const DEPLOYMENT_MUTANTS: readonly Mutant[] = [
  {
    name: "asks for a deployment again after a lost answer",
    file: "deployments/verdict.ts",
    patch: [['return kind === "status" ? "retry" : "uncertain";', 'return "retry";']],
  },
  {
    name: "asks for a deployment again after an answer without a number",
    file: "deployments/verdict.ts",
    patch: [
      [
        'if (fault.kind === "unreadable") return "uncertain";',
        'if (fault.kind === "unreadable") return "retry";',
      ],
    ],
  },
  {
    name: "records a prepare",
    file: "commands/create.ts",
    patch: [
      [
        "deploymentEnvironment === null || inputs.dryRun || inputs.prepareOnly",
        "deploymentEnvironment === null",
      ],
    ],
  },
  {
    name: "a deployment that can't be recorded is an error",
    file: "deployments/subscriber.ts",
    patch: [
      [
        "if (warning !== null) runner.warning(warning);",
        "if (warning !== null) runner.error(warning);",
      ],
    ],
  },
  {
    name: "each replica is a success",
    file: "deployments/end.ts",
    patch: [["state: stateOf(trouble), description", 'state: "success", description']],
  },
  {
    name: "a deleted replica stays deployed",
    file: "deployments/close.ts",
    patch: [["if (vmUuid !== null && gone.has(vmUuid)) return", "if (vmUuid === null) return"]],
  },
  {
    name: "post does not tell what main could not",
    file: "deployments/close.ts",
    patch: [["return told ? null : (end ?? UNSEEN);", "return null;"]],
  },
  {
    name: "says nothing of what GitHub refuses post",
    file: "deployments/close.ts",
    patch: [["if (warning !== null) edges.runner.warning(warning);", ""]],
  },
  {
    name: "follows GitHub's redirects anywhere",
    file: "deployments/client.ts",
    patch: [
      [
        "if (target === null || target.origin !== new URL(apiUrl).origin) return",
        "if (target === null) return",
      ],
    ],
  },
  {
    name: "GitHub's Retry-After is not heard",
    file: "deployments/verdict.ts",
    patch: [
      ["if (fault.retryAfter) return fault.retryAfter;", 'if (fault.retryAfter) return "0";'],
    ],
  },
  {
    tests: MEANWHILE,
    name: "takes the deployments of any pull request",
    file: RECORDS,
    patch: [
      ["(!ofOne || one.pullRequest === pullRequest)", "(!ofOne || one.pullRequest !== null)"],
    ],
  },
  {
    tests: MEANWHILE,
    name: "closes the deployment of what the list does not show",
    file: RECORDS,
    patch: [
      [
        'unlisted.filter(({ vmUuid }) => beside.get(vmUuid)?.is === "gone")',
        'unlisted.filter(({ vmUuid }) => vmUuid !== "")',
      ],
    ],
  },
  {
    tests: MEANWHILE,
    name: "leaves what an environment owns and the list does not show",
    file: RECORDS,
    patch: [
      [
        'read?.is === "gone" || read?.is === "elsewhere"',
        'read !== undefined && read.is !== "unreadable"',
      ],
    ],
  },
  {
    tests: MEANWHILE,
    name: "goes on although what an environment owns can't be read",
    file: RECORDS,
    patch: [
      [
        'if (read?.is === "unreadable") return { ok: false, trouble: read.trouble };',
        'if (read?.is === "unreadable") continue;',
      ],
    ],
  },
  {
    tests: MEANWHILE,
    name: "takes a proxy's page for what a CVM's own route says",
    file: LOOK,
    patch: [
      [
        'if (isUnknownToApi(fault, noApp === null)) return { is: "gone" };',
        'if (fault.kind === "answer" && fault.status === 404) return { is: "gone" };',
      ],
    ],
  },
  {
    tests: MEANWHILE,
    name: "counts one twice whose row tells no UUID",
    file: LOOK,
    patch: [["ownRows([...seen.rows, ...late], appId)", "[...seen.rows, ...late]"]],
  },
];
