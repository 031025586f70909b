/**
 * Stands in for npm in the scripts of this repository's workflows: the packages are there, and a test must
 * not install them anew. Takes `npm ci` with options, and refuses everything else.
 */
const [command, ...options] = process.argv.slice(2);
if (command !== "ci" || options.some((option) => !option.startsWith("--"))) {
  console.error(`npm: only npm ci is known here, not ${process.argv.slice(2).join(" ")}`);
  process.exitCode = 1;
}
