/**
 * Prints a bill of materials of the bundle (CycloneDX 1.6, JSON): the packages whose code is in `dist`, with the
 * versions, licences and hashes that package-lock.json holds. `npm sbom` would list what is installed instead:
 * types that no run loads, the stand-ins of this repository, and the name of the folder. Nothing in it depends on
 * the machine or the time, so that the same commit gives the same list.
 */
import { readFileSync } from "node:fs";

/** A package as package-lock.json has it, as far as it matters here. */
interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

/** What is read of package-lock.json. */
export interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

/** What is read of package.json. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** One package of the list. */
export interface Component {
  readonly type: "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly [{ readonly license: { readonly id: string } }];
  readonly hashes: readonly [{ readonly alg: "SHA-512"; readonly content: string }];
}

/** The names in the bundler's list of licences: a line with a package's name follows an empty one, or begins it. */
export function bundledNames(licences: string): string[] {
  // A package's entry is its name, then its licence's name, each on a line of its own.
  const entries = licences.matchAll(/(?:^|\n\n)((?:@[\w.-]+\/)?[a-z0-9][\w.-]*)\n(?=[^\n])/g);
  return [...new Set([...entries].map(([, name]) => name ?? ""))];
}

function componentOf(name: string, locked: Locked): Component {
  const { version, license, integrity } = locked;
  const hash = /^sha512-(\S+)$/.exec(integrity ?? "")?.[1];
  if (version === undefined || license === undefined || hash === undefined) {
    throw new Error(`package-lock.json has no version, licence or sha512 of ${name}.`);
  }
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    licenses: [{ license: { id: license } }],
    hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }],
  };
}

/**
 * The bill of materials.
 *
 * @param licences text of `dist/licenses.txt`
 * Throws when the bundle holds a package that package-lock.json does not know well enough.
 */
function billOfMaterials(about: Package, lock: Lock, licences: string): object {
  const components = bundledNames(licences).flatMap((name) => {
    const locked = lock.packages[`node_modules/${name}`];
    if (locked === undefined) {
      throw new Error(`${name} is in dist, but not at the top of package-lock.json.`);
    }
    // What stands in for a package is this repository's own source.
    return locked.link === true ? [] : [componentOf(name, locked)];
  });
  const root = `${about.name}@${about.version}`;
  const { name, version, license } = about;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": root,
        name,
        version,
        licenses: [{ license: { id: license } }],
      },
    },
    components,
    dependencies: [{ ref: root, dependsOn: components.map((one) => one["bom-ref"]) }],
  };
}

if (import.meta.main) {
  const read = (path: string): string =>
    readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
  const bill = billOfMaterials(
    JSON.parse(read("package.json")) as Package,
    JSON.parse(read("package-lock.json")) as Lock,
    read("dist/licenses.txt"),
  );
  console.log(JSON.stringify(bill, null, 2));
}
