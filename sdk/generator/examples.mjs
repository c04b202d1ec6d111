// Prints the code blocks of a language in a Markdown file, as one program.
//
//   node examples.mjs <README.md> <language>
import { readFileSync } from "node:fs";

const [path, language] = process.argv.slice(2);
const blocks = [...readFileSync(path, "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter((block) => block[1] === language);
if (blocks.length === 0) throw new Error(`${path} has no examples in ${language}`);
console.log(blocks.map((block) => block[2]).join("\n"));
