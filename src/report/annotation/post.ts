import { type Annotation, annotationOf, NOTHING_SAID } from "./annotation.ts";
import { oneLineOf, wordsOf } from "./combined.ts";
import type { Failure } from "./failure.ts";
import { postTitleOf } from "./title.ts";

/**
 * The one annotation of a red post step. Each problem names what exists and is billed, as the step is about
 * nothing else.
 *
 * @param problems at least one; the first one's code is the step's
 */
export function postAnnotation(
  problems: readonly Failure[],
  edges: Parameters<typeof annotationOf>[1],
): Annotation {
  const code = problems[0]?.code ?? "INTERNAL";
  const [only] = problems;
  const failed =
    only !== undefined && problems.length === 1
      ? wordsOf(only)
      : {
          text: `${problems.length} things need a look; what exists of them is billed until somebody deletes it.`,
          list: problems.map(oneLineOf),
        };
  return annotationOf({ title: postTitleOf(code), code, failed, exists: NOTHING_SAID }, edges);
}
