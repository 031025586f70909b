/** The actions of the repository as programs: what `dist/*.js` starts. A new action has a row here. */
import type { Edges } from "../../../src/action/edges.ts";
import { run } from "../../../src/commands/create.ts";
import { deleteCommand } from "../../../src/commands/delete.ts";
import { runDeletePost } from "../../../src/commands/delete-post.ts";
import { runPost } from "../../../src/commands/post.ts";
import { rolloutCommand } from "../../../src/commands/rollout.ts";
import { runRolloutPost } from "../../../src/commands/rollout-post.ts";
import { runCommand } from "../../../src/commands/run.ts";
import { verifyCommand } from "../../../src/commands/verify.ts";

export type Program = (edges: Edges) => Promise<0 | 1>;

/** For an action that has none. */
const noPost: Program = async () => 0;

export const PROGRAMS = {
  create: { main: run, post: runPost },
  delete: { main: (edges) => runCommand(edges, deleteCommand), post: runDeletePost },
  verify: { main: (edges) => runCommand(edges, verifyCommand), post: noPost },
  rollout: { main: (edges) => runCommand(edges, rolloutCommand()), post: runRolloutPost },
} satisfies Readonly<Record<string, { readonly main: Program; readonly post: Program }>>;

/** An action, by the name of its folder; create is the one in the root. */
export type CommandName = keyof typeof PROGRAMS;
