// Names that Rust code does not use, each with the names to use instead. words.yml cannot check them, because it checks prose.
import { codeOf } from "./extract.js";

/** Patterns of whole identifiers. */
const NAMES = [
  [/^Answers?$/, "Response or ResponseParts"],
  [/^Endings?$/, "Outcome"],
  [/^Arrivals?$/, "RequestContext"],
  [/^Weather$/, "FaultPlan"],
  [/^Metering$/, "CapacityInterceptor"],
  [/^Wrong$/, "Violation"],
  [/^Refusals?$/, "Error, or ErrorResponse"],
  [/^kept$/, "non_nullable, cached or stored"],
  [/^veil(?:ed)?$/, "redact or redacted"],
  [/^recent_party$/, "party_eventually_consistent"],
  [/^told$/, "reported, field or response"],
  [/^trails?$/, "audit or audit_entries"],
  [/^fences?$/, "iam_boundary"],
  [/^(?:answer|answers|answered|refusal|refusals|refused|refuses|walk|walks)$/, "response, error, rejected or paginate"],
];

/** Patterns of file names, without `.rs`. */
const FILES = [
  [/^attempts?$/, "retry.rs"],
  [/^trail$/, "audit.rs"],
  [/^fence$/, "iam_boundary.rs"],
  [/^(?:answer|ending|arrival|weather|metering)$/, "the field's name"],
];

/** Returns the findings in the identifiers of a Rust file, and in its own name. */
export function namesIn(path, text) {
  const findings = [];
  const stem = path.split("/").at(-1).replace(/\.rs$/, "");
  for (const [pattern, expected] of FILES) {
    if (pattern.test(stem)) findings.push({ path, line: 1, column: 1, found: `${stem}.rs`, expected });
  }
  codeOf(text)
    .split("\n")
    .forEach((code, index) => {
      for (const name of code.matchAll(/\b[A-Za-z_][A-Za-z0-9_]*\b/g)) {
        const rule = NAMES.find(([pattern]) => pattern.test(name[0]));
        if (rule) findings.push({ path, line: index + 1, column: name.index + 1, found: name[0], expected: rule[1] });
      }
    });
  return findings;
}
