/**
 * Stands in for npm in the scripts of this repository's workflows: the packages are there, and a test must
 * not install them anew. Takes what script/install says, and refuses everything else.
 */
const [command, ...options] = process.argv.slice(2);
const names = options.filter((option) => !option.startsWith("--")).join(" ");
if (!["ci ", "rebuild node"].includes(`${command} ${names}`)) {
  console.error(
    `npm: only npm ci and npm rebuild node are known here, not ${process.argv.slice(2).join(" ")}`,
  );
  process.exitCode = 1;
}
