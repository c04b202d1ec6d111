"""Checks a bill of materials (CycloneDX) against the packages of `cargo tree`, which standard input has, one in a line."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    bill = json.load(file)

# A line is `name v1.2.3`, for crates of the workspace with their folder, and `(*)` for repeated ones.
lines = [line.split() for line in sys.stdin if line.strip()]
root = lines[0][0]
linked = {(words[0], words[1].removeprefix("v")) for words in lines if words[0] != root}
components = {(component["name"], component["version"]): component for component in bill["components"]}

findings = [f"{name} {version} is not listed" for name, version in sorted(linked - components.keys())]
findings += [f"{name} {version} is not linked" for name, version in sorted(components.keys() - linked)]
for (name, version), component in components.items():
    is_own = name.startswith("berth")
    findings += [
        f"{name} {version} has no {member}"
        for member in ("purl", "licenses", "hashes")
        # The crates of the workspace are not published.
        if not component.get(member) and not is_own
    ]
if bill["bomFormat"] != "CycloneDX" or bill["metadata"]["component"]["name"] != root:
    findings.append(f"the bill is not one of {root}")
if findings:
    sys.exit("\n".join(findings))
print(f"{sys.argv[1]}: {len(components)} components")
