// Writes the generated part of an SDK.
//
//   node generate.mjs <openapi.json> <language> <folder>
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { modelOf } from "./model.mjs";
import { python } from "./python.mjs";
import { typescript } from "./typescript.mjs";

const LANGUAGES = { python, typescript };

const [contract, language, folder] = process.argv.slice(2);
const names = JSON.parse(readFileSync(new URL("names.json", import.meta.url), "utf8"));
const files = LANGUAGES[language](modelOf(JSON.parse(readFileSync(contract, "utf8")), names));
for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
