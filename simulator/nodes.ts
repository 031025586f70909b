import type { NodeSpec } from "./plans.ts";
import { type Random, randomHex } from "./random.ts";

/** OS image of the source CVM and, unless told otherwise, of every node. */
export const SOURCE_IMAGE = "dstack-0.5.9";

/** A node with every default filled in, whose room may change. */
export type Node = Omit<Required<NodeSpec>, "slots" | "forbidden"> & {
  slots: number;
  forbidden: boolean;
};

/** Three nodes: two with room and a full one. The first is the source's. */
export const DEFAULT_NODES: readonly NodeSpec[] = [
  { id: 26, name: "sim-prod9", region: "US-WEST-1" },
  { id: 31, name: "sim-prod5", region: "EU-CENTRAL-1" },
  { id: 12, name: "sim-prod7", region: "US-WEST-1", slots: 0 },
];

/** Fills in what a spec leaves out. */
export function nodesFrom(specs: readonly NodeSpec[], random: Random): Node[] {
  if (specs.length === 0) throw new Error("a simulated cloud needs at least one node");
  return specs.map((spec) => {
    const deviceId = spec.deviceId ?? randomHex(random, 64);
    return {
      region: "US-WEST-1",
      slots: 100,
      images: [SOURCE_IMAGE],
      forbidden: false,
      listed: true,
      fullCode: "ERR-02-005",
      listedDeviceId: deviceId,
      ...spec,
      deviceId,
    };
  });
}

/** `device_ids` of newer answers: one for each line of OS images (API facts, section 5.1). */
export function deviceIds(node: Node): Record<string, unknown>[] {
  const own = { device_id: node.deviceId, os_image_ids: node.images, enabled: true };
  if (node.listedDeviceId === node.deviceId) return [own];
  return [{ device_id: node.listedDeviceId, os_image_ids: [], enabled: true }, own];
}

/** The node with this number. */
export function nodeById(nodes: readonly Node[], id: number): Node | undefined {
  return nodes.find((node) => node.id === id);
}
