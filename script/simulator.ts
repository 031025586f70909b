/** Starts the simulator as a process of its own, for the commands that show something. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SimulatorOptions } from "../simulator/index.ts";

/** The first line of the simulator. */
export interface SimulatorAddress {
  readonly api_url: string;
  readonly api_key: string;
  readonly app_id: string;
  readonly vm_uuid: string;
  readonly control_url: string;
}

/**
 * @param scenario options of the simulator
 * @returns where it is, and how to stop it; it also ends with this process
 */
export async function startSimulatorProcess(
  scenario: SimulatorOptions,
): Promise<{ about: SimulatorAddress; stop: () => Promise<void> }> {
  const program = fileURLToPath(new URL("../simulator/cli.ts", import.meta.url));
  const child = spawn(process.execPath, [program, "--options", JSON.stringify(scenario)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  process.on("exit", () => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout);
  const [first] = (await Promise.race([
    once(lines, "line"),
    ended.then(() => {
      throw new Error("the simulator did not start");
    }),
  ])) as [string];
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  return { about: JSON.parse(first) as SimulatorAddress, stop };
}
