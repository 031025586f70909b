/** Planted defects that show secrets, or send them to somebody else. */
import type { Mutant } from "./mutant.ts";

export const SECRET_MUTANTS: readonly Mutant[] = [
  {
    name: "prints the commit token",
    file: "fleet/make.ts",
    patch: [
      [
        "edges.runner.neverPrint(approval.commitToken);",
        "edges.runner.info(approval.commitToken);",
      ],
    ],
  },
  {
    name: "does not mask the key",
    file: "inputs/masks.ts",
    patch: [["if (secret) runner.mask(secret);", ""]],
  },
  {
    name: "sends the key to the app",
    file: "fleet/follow/health.ts",
    patch: [["headers: {}, timeoutMs", 'headers: { "x-api-key": "of the API" }, timeoutMs']],
  },
  {
    name: "goes to GitHub with the API key",
    file: "deployments/subscriber.ts",
    patch: [["token: inputs.githubToken", "token: Object(inputs).apiKey"]],
  },
  {
    name: "does not mask GitHub's token",
    file: "inputs/masks.ts",
    patch: [[', rawInput(env, "github_token")]', "]"]],
  },
];
