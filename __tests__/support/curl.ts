/**
 * Stands in for curl in the scripts of the examples, so that the tests need no more than Node. Takes
 * the options that those use and refuses every other.
 */
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fail: { type: "boolean" },
    silent: { type: "boolean" },
    "show-error": { type: "boolean" },
    "max-time": { type: "string" },
    retry: { type: "string" },
    "retry-all-errors": { type: "boolean" },
  },
});
const [url] = positionals;
if (url === undefined || positionals.length > 1 || !/^https?:\/\//.test(url)) {
  console.error(`curl: (3) not one URL: ${JSON.stringify(positionals)}`);
  process.exit(3);
}
try {
  const seconds = Number(values["max-time"] ?? "60");
  const answer = await fetch(url, { signal: AbortSignal.timeout(seconds * 1000) });
  const body = await answer.text();
  if (values.fail === true && !answer.ok) {
    console.error(`curl: (22) The requested URL returned error: ${answer.status}`);
    process.exitCode = 22;
  } else {
    process.stdout.write(body);
  }
} catch (error) {
  console.error(`curl: (7) ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 7;
}
