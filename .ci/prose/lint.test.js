// The linter's own tests. words.yml has those of its patterns; these are of the files around them.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { linter } from "./lint.js";

const comments = await linter();
const strings = await linter({ strings: true });
const findings = async (name, lint = comments) => {
  const text = await readFile(new URL(`fixtures/${name}`, import.meta.url), "utf8");
  return (await lint(name, text)).map(({ line, found }) => `${line} ${found}`);
};

const expected = {
  "bad.md": ["1 What", "1 calls", "3 The call", "3 refused", "3 nobody", "3 told", "3 whose it is", "4 answer", "4 held against"],
  "bad.rs": [
    "1 walk",
    "3 Takes it away",
    "3 asks the store",
    "5 refused",
    "6 mended",
    "7 is gone",
    "9 Lies under",
    "10 divided by commas",
  ],
  "bad.sh": ["3 Makes a dock"],
  "bad.py": ["1 refusal", "3 Shown only now"],
  "openapi.json": ["3 a call", "3 shown only now"],
  "good.md": [],
  "good.rs": [],
};

for (const [name, words] of Object.entries(expected)) {
  test(name, async () => assert.deepEqual(await findings(name), words));
}

test("names of files", async () => {
  assert.deepEqual((await comments("shared/src/attempt.rs", "fn f() {}")).map(({ found }) => found), ["attempt.rs"]);
});

test("string literals", async () => {
  const inStrings = (await findings("bad.rs", strings)).filter((word) => !expected["bad.rs"].includes(word));
  assert.deepEqual(inStrings, ["5 a call", "6 refusal"]);
});
