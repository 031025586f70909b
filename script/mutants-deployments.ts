/** Planted defects in what is told to GitHub. */
import type { Mutant } from "./mutant.ts";

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
];
