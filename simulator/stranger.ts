import type { Cvm, NewCvm } from "./types.ts";
import type { World } from "./world.ts";

/** What somebody else may put into an app. Everything has a default. */
export type Stranger = Partial<
  Pick<NewCvm, "appId" | "nodeId" | "composeHash" | "name" | "status" | "plan" | "createdAt">
>;

/** Somebody else creates a CVM, by default a replica of the source in the same app. */
export function addStranger(world: World, stranger: Stranger): Cvm {
  return world.add({
    appId: world.appId,
    nodeId: world.source.nodeId,
    composeHash: world.source.composeHash,
    ...stranger,
    origin: "stranger",
  });
}
