/** Plants a defect in the text of a source file. */
import type { Mutant } from "../../script/mutant.ts";

/**
 * @returns the source with the defect
 * @throws where it does not say exactly once what the patch expects: mend the list
 */
export function planted({ name, file, patch }: Mutant, source: string): string {
  let text = source;
  for (const [there, instead] of patch) {
    const times = text.split(there).length - 1;
    if (times !== 1) throw new Error(`${name}: ${file} says ${times} times: ${there}`);
    text = text.replace(there, () => instead);
  }
  return text;
}
