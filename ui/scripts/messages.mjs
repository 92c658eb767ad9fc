// Compiles messages/*.json into typed functions. The plugin comes from node_modules: a build needs
// no network. A key that one language lacks ends the build.
import { compile } from "@inlang/paraglide-js";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (locale) => JSON.parse(readFileSync(join(root, "messages", `${locale}.json`), "utf8"));
const [zh, en] = [read("zh"), read("en")];
const lacking = [
  ...Object.keys(zh).filter((key) => !(key in en)).map((key) => `en lacks ${key}`),
  ...Object.keys(en).filter((key) => !(key in zh)).map((key) => `zh lacks ${key}`),
];
if (lacking.length > 0) {
  console.error(lacking.join("\n"));
  process.exit(1);
}
await compile({
  project: join(root, "project.inlang"),
  outdir: join(root, "src/paraglide"),
  strategy: ["globalVariable", "baseLocale"],
  emitGitIgnore: false,
  emitPrettierIgnore: false,
  outputStructure: "locale-modules",
});
