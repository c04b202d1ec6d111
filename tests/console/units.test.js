// Functions of the console that need no browser.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCsv } from "../console/csv.js";
import { shellWord, visibleJson } from "../console/curl.js";
import { csvField } from "../console/download.js";
import { age, fromInput, inputValue, minute, number } from "../console/format.js";
import { patchOf, same } from "../console/json.js";
import { findPage } from "../console/pages.js";
import { recipientsOf } from "../console/recipients.js";

describe("CSV", () => {
  const rows = (text) => parseCsv(text).map(({ line, fields }) => [line, ...fields]);
  const cases = [
    ["", []],
    [
      "a,b\r\n1,2\r\n",
      [
        [1, "a", "b"],
        [2, "1", "2"],
      ],
    ],
    [
      "\ufeffa\n\n1",
      [
        [1, "a"],
        [3, "1"],
      ],
    ],
    [
      '"a ""b"", c","d\ne"\nf,g',
      [
        [1, 'a "b", c', "d\ne"],
        [3, "f", "g"],
      ],
    ],
    [
      'a,\n,""\n',
      [
        [1, "a", ""],
        [2, "", ""],
      ],
    ],
    ['5" pipe,x', [[1, '5" pipe', "x"]]],
  ];
  for (const [text, expected] of cases) test(JSON.stringify(text), () => assert.deepEqual(rows(text), expected));

  test("names recipients by its columns", () => {
    const text = "email,name,policy_number,stakeholder_class\na@example.com,Ann,7,agent\nb@example.com,Bo,,\n";
    assert.deepEqual(recipientsOf(text), [
      {
        line: 2,
        recipient: {
          email: "a@example.com",
          name: "Ann",
          stakeholderClass: "agent",
          identifiers: { policy_number: "7" },
        },
      },
      { line: 3, recipient: { email: "b@example.com", name: "Bo" } },
    ]);
    assert.throws(() => recipientsOf("name\nAnn"), /no column email/);
    assert.throws(() => recipientsOf(`name,email\n${"a,b\n".repeat(10_001)}`), /more than/);
    assert.equal(recipientsOf(`name,email\n${"a,b\n".repeat(10_000)}`).length, 10_000);
  });

  test("quotes fields, and disarms formulas", () => {
    const fields = ["a", 'a"b', "a,b", "a\nb", "=1+1", "-1", "@x", null, undefined, { a: 1 }];
    assert.deepEqual(fields.map(csvField), [
      "a",
      '"a""b"',
      '"a,b"',
      '"a\nb"',
      "'=1+1",
      "'-1",
      "'@x",
      "",
      "",
      '"{""a"":1}"',
    ]);
  });
});

describe("curl", () => {
  test("quotes words for the shell", () => assert.equal(shellWord("it's $HOME"), "'it'\\''s $HOME'"));
  test("shows invisible characters", () =>
    assert.equal(visibleJson("a\u202eb\u200b\u00a0é"), '"a\\u202eb\\u200b\\u00a0é"'));
});

describe("numbers and times", () => {
  test("are formatted", () => {
    assert.equal(number(1234567), "1\u2009234\u2009567");
    assert.equal(minute("2026-11-30T23:59:59.999Z"), "2026-11-30 23:59");
    assert.equal(inputValue(new Date("2026-01-02T03:04:05Z")), "2026-01-02T03:04");
    assert.equal(fromInput("2026-01-02T03:04")?.toISOString(), "2026-01-02T03:04:00.000Z");
    assert.equal(fromInput(""), null);
  });
  test("have ages in their largest unit", () => {
    const now = new Date("2026-01-10T00:00:00Z");
    const cases = {
      "2026-01-09T23:59:30Z": "just now",
      "2026-01-09T23:59:00Z": "1 minute ago",
      "2026-01-08T00:00:00Z": "2 days ago",
      "2026-01-10T05:00:00Z": "in 5 hours",
    };
    for (const [time, expected] of Object.entries(cases)) assert.equal(age(time, now), expected);
  });
});

describe("merge patches", () => {
  test("have the members that differ", () => {
    assert.deepEqual(patchOf({ a: 1, b: { c: 1, d: 2 }, e: 3 }, { a: 1, b: { d: 2, c: 1 }, f: null }), {
      e: null,
      f: null,
    });
    assert.deepEqual(patchOf({ b: { c: 1 } }, { b: { c: 2 } }), { b: { c: 2 } });
    assert.ok(Object.hasOwn(patchOf({}, JSON.parse('{"__proto__": 1}')), "__proto__"));
  });
  test("ignore the order of members only", () => {
    assert.ok(same({ a: [1, { b: 1, c: 2 }] }, { a: [1, { c: 2, b: 1 }] }));
    assert.ok(!same([1, 2], [2, 1]));
  });
});

describe("addresses", () => {
  test("name pages and their parameters", () => {
    const { page, parameters, query } = findPage("#/organizations/org_1/matrix?asOf=2026");
    assert.deepEqual(
      [page?.path, parameters, query.get("asOf")],
      ["organizations/:org/matrix", { org: "org_1" }, "2026"],
    );
    assert.equal(findPage("").page?.path, "");
    for (const unknown of ["#/nothing", "#/organizations/", "#/organizations/a%2Fb", "#/organizations/x/parties/y/z"]) {
      assert.equal(findPage(unknown).page, null, unknown);
    }
  });
});
