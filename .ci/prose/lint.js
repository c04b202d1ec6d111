// Prints every listed word in the prose of the given files and folders, and every listed name in Rust code, as
// file:line:column. Exits with 1 if it finds one. Without arguments it reads every file of the repository that has prose.
// words.yml lists the words, names.js the names.
import { readFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLinter, loadTextlintrc } from "textlint";
import { extractorFor } from "./extract.js";
import { namesIn } from "./names.js";

const here = dirname(fileURLToPath(import.meta.url));

/** Returns a function that lints one file's text and resolves to its findings. */
export async function linter(options) {
  const descriptor = await loadTextlintrc({
    configFilePath: join(here, "textlintrc.json"),
    node_modulesDirectory: join(here, "node_modules"),
  });
  const textlint = createLinter({ descriptor });
  return async (path, text) => {
    const extract = extractorFor(path, options);
    if (!extract) return [];
    const { lines, columns } = extract(text);
    const result = await textlint.lintText(lines.join("\n"), "prose.md");
    const names = path.endsWith(".rs") ? namesIn(path, text) : [];
    const words = result.messages.map(({ line, column, message }) => {
      // The rule's message is "found => expected"; a finding may span lines.
      const [found, expected] = message.split(" => ").map((part) => part.replace(/\s+/g, " ").trim());
      return { path, line, column: column + columns[line - 1], found, expected };
    });
    return [...words, ...names].sort((one, other) => one.line - other.line || one.column - other.column);
  };
}

/** The files of the repository that have prose, below the given paths or everywhere. */
function files(root, paths) {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...paths];
  const names = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 }).split("\0");
  return [...new Set(names)].filter((name) => name && !name.startsWith(".ci/prose/") && extractorFor(name)).sort();
}

async function main(root, paths, options) {
  const lint = await linter(options);
  const checked = files(root, paths);
  if (checked.length === 0) throw new Error(`no files with prose: ${paths.join(" ")}`);
  let findings = 0;
  for (const path of checked) {
    let text;
    try {
      text = await readFile(join(root, path), "utf8");
    } catch (error) {
      // Deleted in the work tree, still in the index.
      if (error.code === "ENOENT") continue;
      throw error;
    }
    for (const { line, column, found, expected } of await lint(path, text)) {
      console.log(`${path}:${line}:${column}: "${found}": ${expected}`);
      findings += 1;
    }
  }
  console.log(`${findings} findings in ${checked.length} files`);
  return findings === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root, ...rest] = process.argv.slice(2);
  const strings = rest[0] === "--strings";
  process.exitCode = await main(root, strings ? rest.slice(1) : rest, { strings });
}
