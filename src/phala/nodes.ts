import { arrayAt, isObject, numberAt, stringAt } from "../text/json.ts";

/** A node that takes CVMs (`GET /teepods/available`, which calls a node a teepod). */
export interface PhalaNode {
  readonly id: number;
  readonly name: string;
}

/** Reads the answer of `GET /teepods/available`; null where it is no such thing. */
export function readNodes(value: unknown): readonly PhalaNode[] | null {
  if (!isObject(value) || !Array.isArray(value.nodes)) return null;
  return arrayAt(value, "nodes").flatMap((node) => {
    const id = numberAt(node, "teepod_id");
    const name = stringAt(node, "name");
    return id === null || name === null ? [] : [{ id, name }];
  });
}
