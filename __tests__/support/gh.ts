/** Stands in for GitHub's command line in the scripts of the examples: says what it was asked for, and no more. */
console.log(`gh ${process.argv.slice(2).join(" ")}`);
